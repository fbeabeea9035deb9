package io.espalier.orchestrator.account;

import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Teams and their members. */
public final class Teams {

  private final Transactions transactions;
  private final Audit audit;

  public Teams(Transactions transactions, Audit audit) {
    this.transactions = transactions;
    this.audit = audit;
  }

  /** A team as one of its members sees it. */
  public record Team(UUID id, String name, Role role) {}

  public record Member(UUID userId, String login, String name, Role role) {}

  /** The creator becomes its first owner; its budget is empty. */
  public Team create(Principal admin, String name) {
    admin.requirePlatformAdmin();
    var stripped = name.strip();
    if (stripped.isEmpty() || stripped.length() > 100) {
      throw new Refused(
          Problem.of(
                  "team-name",
                  Category.INVALID,
                  "name",
                  "The name of the team is empty or too long.",
                  "Choose another one.")
              .found(stripped.length() + " characters")
              .allowed("1 to 100 characters"));
    }
    var id = UUID.randomUUID();
    return transactions.as(
        alsoOwning(admin, id),
        jdbc -> {
          insert(jdbc, id, stripped);
          put(jdbc, id, admin.userId(), Role.OWNER);
          jdbc.sql("insert into budget_account (team_id) values (:team)")
              .param("team", id)
              .update();
          audit.record(jdbc, admin.login(), id, "create", "team " + id, Map.of("name", stripped));
          return new Team(id, stripped, Role.OWNER);
        });
  }

  /** The teams of {@code user}, by name. */
  public List<Team> of(Principal user) {
    return transactions.withoutTeam(jdbc ->
        jdbc.sql(
                """
                select t.id, t.name, m.role from member m join team t on t.id = m.team_id
                where m.user_id = :user order by t.name
                """)
            .param("user", user.userId())
            .query((row, _) ->
                new Team(
                    row.getObject("id", UUID.class),
                    row.getString("name"),
                    Role.valueOf(row.getString("role"))))
            .list());
  }

  /**
   * Teams by name, those with {@code part} in it: all of them for a platform admin, else one's own.
   */
  public Page<TeamView> page(Principal who, String part, PageRequest page) {
    var teams = find(who, null, part, page.after(), page.size() + 1);
    return Page.of(teams, page, TeamView::name);
  }

  /** One of those. */
  public TeamView get(Principal who, UUID team) {
    return find(who, team, "", null, 1).stream()
        .findFirst()
        .orElseThrow(() -> Absent.of("team", team));
  }

  private List<TeamView> find(
      Principal who, @Nullable UUID team, String part, @Nullable String after, int limit) {
    // Accounts of other teams are closed to the application's credential.
    return transactions.asPlanner(jdbc ->
        jdbc.sql(
                """
                select t.id, t.name, t.created_at,
                       (select count(*) from member m where m.team_id = t.id) as members,
                       coalesce(a.funded, 0) as funded, coalesce(a.held, 0) as held,
                       coalesce(a.spent, 0) as spent
                from team t
                left join budget_account a on a.team_id = t.id and a.job_id is null
                where (:all or t.id = any (:own::uuid[]))
                  and (:team::uuid is null or t.id = :team::uuid)
                  and strpos(lower(t.name), lower(:part)) > 0
                  and (:after::text is null or t.name > :after::text)
                order by t.name limit :limit
                """)
            .param("all", who.platformAdmin())
            .param("own", who.teams().keySet().toArray(UUID[]::new))
            .param("part", part.strip())
            .param("team", team)
            .param("after", after)
            .param("limit", limit)
            .query((row, _) ->
                new TeamView(
                    uuid(row, "id"),
                    row.getString("name"),
                    who.teams().get(uuid(row, "id")),
                    row.getInt("members"),
                    gpuTime(row, "funded"),
                    gpuTime(row, "held"),
                    gpuTime(row, "spent"),
                    instant(row, "created_at")))
            .list());
  }

  public List<Member> members(Principal user, UUID team) {
    if (!user.platformAdmin()) user.require(team, Role.VIEWER);
    var members =
        transactions.as(
            user,
            jdbc ->
                jdbc.sql(
                        """
                        select u.id, u.login, u.display_name, m.role
                        from member m join app_user u on u.id = m.user_id
                        where m.team_id = :team order by u.login
                        """)
                    .param("team", team)
                    .query((row, _) ->
                        new Member(
                            row.getObject("id", UUID.class),
                            row.getString("login"),
                            row.getString("display_name"),
                            Role.valueOf(row.getString("role"))))
                    .list());
    // There is always an owner, so without members there is no team.
    if (members.isEmpty()) throw Absent.of("team", team);
    return members;
  }

  /** Adds a member, or changes the role of one; for owners of the team and platform admins. */
  public void setMember(Principal owner, UUID team, String login, Role role) {
    requireMayManage(owner, team);
    transactions.as(
        owner,
        jdbc -> {
          var user = userId(jdbc, login);
          lock(jdbc, team);
          put(jdbc, team, user, role);
          requireAnOwner(jdbc, team);
          audit.record(
              jdbc,
              owner.login(),
              team,
              "set member",
              "team " + team,
              Map.of("login", login, "role", role));
          return null;
        });
  }

  public void removeMember(Principal owner, UUID team, String login) {
    requireMayManage(owner, team);
    transactions.as(
        owner,
        jdbc -> {
          var user = userId(jdbc, login);
          lock(jdbc, team);
          jdbc.sql("delete from member where team_id = :team and user_id = :user")
              .param("team", team)
              .param("user", user)
              .update();
          requireAnOwner(jdbc, team);
          audit.record(
              jdbc, owner.login(), team, "remove member", "team " + team, Map.of("login", login));
          return null;
        });
  }

  private static void requireMayManage(Principal who, UUID team) {
    if (!who.platformAdmin()) who.require(team, Role.OWNER);
  }

  private static void insert(JdbcClient jdbc, UUID id, String name) {
    try {
      jdbc.sql("insert into team (id, name) values (:id, :name)")
          .param("id", id)
          .param("name", name)
          .update();
    } catch (DuplicateKeyException e) {
      throw new Refused(
          Problem.of(
                  "team-exists",
                  Category.CONFLICT,
                  "name",
                  "There is a team of this name.",
                  "Choose another name.")
              .found(name),
          e);
    }
  }

  private static void put(JdbcClient jdbc, UUID team, UUID user, Role role) {
    jdbc.sql(
            """
            insert into member (team_id, user_id, role) values (:team, :user, :role)
            on conflict (team_id, user_id) do update set role = excluded.role
            """)
        .param("team", team)
        .param("user", user)
        .param("role", role.name())
        .update();
  }

  private static UUID userId(JdbcClient jdbc, String login) {
    Optional<UUID> id =
        jdbc.sql("select id from app_user where login = :login")
            .param("login", login.strip().toLowerCase(Locale.ROOT))
            .query(UUID.class)
            .optional();
    return id.orElseThrow(() ->
        new Refused(
            Problem.of(
                    "not-found",
                    Category.NOT_FOUND,
                    "user",
                    "Nobody has this login.",
                    "Ask a platform admin to create the user.")
                .found(login)));
  }

  // Two owners who leave at the same time must not both see the other one stay.
  private static void lock(JdbcClient jdbc, UUID team) {
    var locked =
        jdbc.sql("select id from team where id = :team for update")
            .param("team", team)
            .query(UUID.class)
            .optional();
    if (locked.isEmpty()) throw Absent.of("team", team);
  }

  private static void requireAnOwner(JdbcClient jdbc, UUID team) {
    boolean owned =
        jdbc.sql("select exists (select from member where team_id = :team and role = 'OWNER')")
            .param("team", team)
            .query(Boolean.class)
            .single();
    if (!owned) {
      throw new Refused(
          Problem.of(
              "last-owner",
              Category.CONFLICT,
              "team " + team,
              "A team needs an owner, and this is its last one.",
              "Make another member an owner first."));
    }
  }

  private static Principal alsoOwning(Principal admin, UUID team) {
    var teams = new HashMap<>(admin.teams());
    teams.put(team, Role.OWNER);
    return new Principal(admin.userId(), admin.login(), admin.name(), admin.platformAdmin(), teams);
  }
}
