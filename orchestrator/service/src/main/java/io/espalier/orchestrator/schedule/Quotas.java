package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Weights, guarantees and ceilings of teams, pool by pool. */
public final class Quotas {

  private static final int MOST_WEIGHT = 1000;

  private final Transactions transactions;
  private final Changes changes;
  private final Audit audit;

  public Quotas(Transactions transactions, Changes changes, Audit audit) {
    this.transactions = transactions;
    this.changes = changes;
    this.audit = audit;
  }

  /**
   * Every pool of every team that {@code who} may see, those without a quota of their own with the
   * team's weight.
   */
  public List<TeamQuota> list(Principal who) {
    return transactions.asPlanner(jdbc ->
        jdbc.sql(
                """
                select t.id, t.name, p.name as pool, coalesce(q.weight, t.weight) as weight,
                       coalesce(q.guarantee, 0) as guarantee, q.ceiling,
                       (select count(*) from lease l
                        join lease_slot ls on ls.lease_id = l.id join slot s on s.id = ls.slot_id
                        where l.state = 'LIVE' and l.team_id = t.id and s.pool = p.name) as held
                from team t cross join pool p
                left join team_quota q on q.team_id = t.id and q.pool = p.name
                where :all or t.id = any (:own::uuid[])
                order by t.name, p.name
                """)
            .param("all", who.platformAdmin())
            .param("own", who.teams().keySet().toArray(UUID[]::new))
            .query((row, _) ->
                new TeamQuota(
                    uuid(row, "id"),
                    row.getString("name"),
                    row.getString("pool"),
                    row.getInt("weight"),
                    row.getInt("guarantee"),
                    row.getObject("ceiling", Integer.class),
                    row.getInt("held")))
            .list());
  }

  /** {@code ceiling}: null for none. The guarantees of a pool must fit into its slots. */
  public void set(
      Principal admin,
      UUID team,
      String pool,
      int weight,
      int guarantee,
      @Nullable Integer ceiling) {
    admin.requirePlatformAdmin();
    if (weight < 1 || weight > MOST_WEIGHT) {
      throw refused("weight", "A weight is a small positive number.", weight, "1 to 1000");
    }
    if (guarantee < 0 || (ceiling != null && ceiling < guarantee)) {
      throw refused(
          "guarantee", "A guarantee is not above its ceiling.", guarantee, "0 to " + ceiling);
    }
    int room = transactions.asPlanner(jdbc -> unpromised(jdbc, team, pool));
    if (guarantee > room) {
      throw refused(
          "guarantee",
          "The guarantees of a pool must fit into its slots, or they could not be kept.",
          guarantee,
          "up to " + room + " slots that nobody else is guaranteed");
    }
    transactions.asPlatformAdmin(
        admin,
        team,
        jdbc -> {
          jdbc.sql(
                  """
                  insert into team_quota (team_id, pool, weight, guarantee, ceiling)
                  values (:team, :pool, :weight, :guarantee, :ceiling::int)
                  on conflict (team_id, pool) do update
                  set weight = excluded.weight, guarantee = excluded.guarantee,
                      ceiling = excluded.ceiling
                  """)
              .param("team", team)
              .param("pool", pool)
              .param("weight", weight)
              .param("guarantee", guarantee)
              .param("ceiling", ceiling)
              .update();
          var detail =
              Map.of(
                  "pool", pool,
                  "weight", weight,
                  "guarantee", guarantee,
                  "ceiling", ceiling == null ? "none" : ceiling);
          audit.record(jdbc, admin.login(), team, "set quota", "team " + team, detail);
          return null;
        });
    changes.announce(new Change.OfWork());
  }

  /** Slots of the pool that are guaranteed to no other team. */
  private static int unpromised(JdbcClient jdbc, UUID team, String pool) {
    boolean known =
        jdbc.sql(
                """
                select exists (select 1 from pool where name = :pool)
                   and exists (select 1 from team where id = :team)
                """)
            .param("pool", pool)
            .param("team", team)
            .query(Boolean.class)
            .single();
    if (!known) throw Absent.of("team or pool", team + ", " + pool);
    return jdbc.sql(
            """
            select (select count(*) from slot where pool = :pool and present)
                 - coalesce((select sum(guarantee) from team_quota
                             where pool = :pool and team_id <> :team), 0)
            """)
        .param("pool", pool)
        .param("team", team)
        .query(Integer.class)
        .single();
  }

  private static Refused refused(String field, String sentence, int found, String allowed) {
    return new Refused(
        Problem.of("quota-" + field, Category.INVALID, field, sentence, "Choose another number.")
            .found(found)
            .allowed(allowed));
  }
}
