package io.espalier.orchestrator.cron;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.jsonOrNull;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.parameterOrNull;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.Submission;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores schedules, and submits what is due. */
public final class CronSchedules {

  private static final Logger LOG = LoggerFactory.getLogger(CronSchedules.class);

  private static final String COLUMNS =
      """
      select id, team_id, owner_id, name, cron, zone, submission, paused, next_fire_at
      from cron_schedule
      """;

  private final Transactions transactions;
  private final Jobs jobs;
  private final Audit audit;

  public CronSchedules(Transactions transactions, Jobs jobs, Audit audit) {
    this.transactions = transactions;
    this.jobs = jobs;
    this.audit = audit;
  }

  /** For members of the submission's team. Its first fire time is the next one from now on. */
  public CronSchedule create(
      Principal member, String name, String cron, ZoneId zone, Submission submission) {
    var team = submission.team();
    member.require(team, Role.MEMBER);
    if (name.isBlank() || name.length() > 200) {
      throw new Refused(
          Problem.of(
                  "name-length",
                  Category.INVALID,
                  "name",
                  "A schedule has a name that people can find it by.",
                  "Give it a name.")
              .allowed("1 to 200 characters"));
    }
    var id = UUID.randomUUID();
    return transactions.as(
        member,
        jdbc -> {
          var next = FireTimes.next(cron, zone, now(jdbc));
          int inserted =
              jdbc.sql(
                      """
                      insert into cron_schedule (id, team_id, owner_id, name, cron, zone, submission,
                        next_fire_at)
                      values (:id, :team, :owner, :name, :cron, :zone, :submission::jsonb, :next)
                      on conflict (team_id, name) do nothing
                      """)
                  .param("id", id)
                  .param("team", team)
                  .param("owner", member.userId())
                  .param("name", name)
                  .param("cron", cron)
                  .param("zone", zone.getId())
                  .param("submission", Json.write(submission))
                  .param("next", parameterOrNull(next))
                  .update();
          if (inserted == 0) throw new Refused(exists(name));
          record(jdbc, member, team, "create", id);
          return find(jdbc, id);
        });
  }

  /** Of all teams of {@code who}, by name. */
  public List<CronSchedule> list(Principal who) {
    return transactions.as(
        who,
        jdbc -> jdbc.sql(COLUMNS + "order by name, id").query((row, _) -> schedule(row)).list());
  }

  /** The last fire times of a schedule, latest first. */
  public List<CronFire> fires(Principal who, UUID id) {
    return transactions.as(
        who,
        jdbc -> {
          find(jdbc, id);
          return jdbc.sql(
                  """
                  select fire_at, job_id, problem from cron_fire
                  where schedule_id = :id order by fire_at desc limit 50
                  """)
              .param("id", id)
              .query((row, _) ->
                  new CronFire(
                      instant(row, "fire_at"),
                      uuidOrNull(row, "job_id"),
                      jsonOrNull(row, "problem", Problem.class)))
              .list();
        });
  }

  /** A paused schedule fires nothing; one that goes on does not make up for what it missed. */
  public CronSchedule setPaused(Principal member, UUID id, boolean paused) {
    return transactions.as(
        member,
        jdbc -> {
          var schedule = find(jdbc, id);
          member.require(schedule.team(), Role.MEMBER);
          var next = paused ? null : FireTimes.next(schedule.cron(), schedule.zone(), now(jdbc));
          jdbc.sql(
                  """
                  update cron_schedule
                  set paused = :paused, next_fire_at = :next, version = version + 1 where id = :id
                  """)
              .param("paused", paused)
              .param("next", parameterOrNull(next))
              .param("id", id)
              .update();
          record(jdbc, member, schedule.team(), paused ? "pause" : "resume", id);
          return find(jdbc, id);
        });
  }

  /** Jobs that it has submitted stay. */
  public void delete(Principal member, UUID id) {
    transactions.as(
        member,
        jdbc -> {
          var schedule = find(jdbc, id);
          member.require(schedule.team(), Role.MEMBER);
          jdbc.sql("delete from cron_schedule where id = :id").param("id", id).update();
          record(jdbc, member, schedule.team(), "delete", id);
          return null;
        });
  }

  /**
   * Submits what is due; what was missed while nobody fired is made up for once. May run on several
   * nodes at the same time.
   *
   * @return how many fire times were settled
   */
  public int tick() {
    var due =
        transactions.asPlanner(jdbc ->
            jdbc.sql(
                    COLUMNS
                        + "where not paused and next_fire_at <= now() order by next_fire_at limit 50")
                .query((row, _) -> schedule(row))
                .list());
    for (var schedule : due) {
      var at = schedule.nextFireAt();
      if (at != null) fire(schedule, at);
    }
    return due.size();
  }

  private void fire(CronSchedule schedule, Instant at) {
    UUID job = null;
    Problem problem = null;
    try {
      // A crash before the next transaction submits again: the key answers with the same job.
      job = jobs.submit(owner(schedule), schedule.submission(), key(schedule, at)).id();
    } catch (Refused refused) {
      problem = refused.problem();
      LOG.info("Schedule {} submits nothing at {}: {}", schedule.id(), at, refused.getMessage());
    }
    settle(schedule, at, job, problem);
  }

  private static String key(CronSchedule schedule, Instant at) {
    return "cron " + schedule.id() + " " + at;
  }

  private void settle(
      CronSchedule schedule, Instant at, @Nullable UUID job, @Nullable Problem problem) {
    var team = Map.of(schedule.team(), Role.MEMBER);
    var platform = Principal.platform();
    var itself = new Principal(platform.userId(), platform.login(), platform.name(), false, team);
    transactions.as(
        itself,
        jdbc -> {
          boolean exists =
              jdbc.sql("select id from cron_schedule where id = :id for update")
                  .param("id", schedule.id())
                  .query(UUID.class)
                  .optional()
                  .isPresent();
          // Deleted meanwhile: the job stays, its history has gone.
          if (!exists) return null;
          jdbc.sql(
                  """
                  insert into cron_fire (team_id, schedule_id, fire_at, job_id, problem)
                  values (:team, :schedule, :at, :job::uuid, :problem::jsonb)
                  on conflict (schedule_id, fire_at) do nothing
                  """)
              .param("team", schedule.team())
              .param("schedule", schedule.id())
              .param("at", parameter(at))
              .param("job", job)
              .param("problem", problem == null ? null : Json.write(problem))
              .update();
          jdbc.sql(
                  """
                  update cron_schedule set next_fire_at = :next, version = version + 1
                  where id = :id and next_fire_at = :at
                  """)
              .param(
                  "next",
                  parameterOrNull(FireTimes.next(schedule.cron(), schedule.zone(), now(jdbc))))
              .param("id", schedule.id())
              .param("at", parameter(at))
              .update();
          return null;
        });
  }

  /** With the roles that the owner has now. */
  private Principal owner(CronSchedule schedule) {
    record Person(String login, String name, boolean disabled, @Nullable String role) {}
    Optional<Person> person =
        transactions.withoutTeam(jdbc ->
            jdbc.sql(
                    """
                    select u.login, u.display_name, u.disabled, m.role
                    from app_user u
                    left join member m on m.user_id = u.id and m.team_id = :team
                    where u.id = :user
                    """)
                .param("team", schedule.team())
                .param("user", schedule.owner())
                .query((row, _) ->
                    new Person(
                        row.getString("login"),
                        row.getString("display_name"),
                        row.getBoolean("disabled"),
                        row.getString("role")))
                .optional());
    var role = person.map(Person::role);
    if (person.isEmpty() || person.get().disabled() || role.isEmpty()) {
      throw new Refused(
          Problem.of(
              "owner-has-left",
              Category.FORBIDDEN,
              "schedule " + schedule.id(),
              "Its owner is no member of the team any more.",
              "Let another member create it again."));
    }
    return new Principal(
        schedule.owner(),
        person.get().login(),
        person.get().name(),
        false,
        Map.of(schedule.team(), Role.valueOf(role.get())));
  }

  private static Instant now(JdbcClient jdbc) {
    return jdbc.sql("select now() as now").query((row, _) -> instant(row, "now")).single();
  }

  private static CronSchedule find(JdbcClient jdbc, UUID id) {
    return jdbc.sql(COLUMNS + "where id = :id")
        .param("id", id)
        .query((row, _) -> schedule(row))
        .optional()
        .orElseThrow(() -> Absent.of("schedule", id));
  }

  private void record(JdbcClient jdbc, Principal member, UUID team, String action, UUID schedule) {
    audit.record(jdbc, member.login(), team, action, "schedule " + schedule, Map.of());
  }

  private static CronSchedule schedule(ResultSet row) throws SQLException {
    return new CronSchedule(
        uuid(row, "id"),
        uuid(row, "team_id"),
        uuid(row, "owner_id"),
        row.getString("name"),
        row.getString("cron"),
        ZoneId.of(row.getString("zone")),
        Json.read(row.getString("submission"), Submission.class),
        row.getBoolean("paused"),
        instantOrNull(row, "next_fire_at"));
  }

  private static Problem exists(String name) {
    return Problem.of(
            "schedule-exists",
            Category.CONFLICT,
            "name",
            "The team has a schedule of this name.",
            "Choose another name, or delete that one first.")
        .found(name);
  }
}
