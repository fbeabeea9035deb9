package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;

import io.espalier.domain.budget.Rate;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a GPU-hour of each pool costs in money. A new rate counts for leases that are granted after
 * it; those that live keep theirs.
 */
public final class Rates {

  /** A pool with what it costs now; version 0 for a pool without a rate, which costs nothing. */
  public record PoolPrice(String pool, int version, Money perHour) {}

  /** One rate of a pool, from the moment on at which it was set. */
  public record Version(
      int version, Money perHour, String setBy, String reason, Instant validFrom) {}

  private static final String CURRENT =
      """
      select distinct on (p.name) p.name, coalesce(r.version, 0) as version,
             coalesce(r.micros_per_hour, 0) as micros_per_hour
      from pool p left join pool_rate r on r.pool = p.name
      order by p.name, r.version desc
      """;

  /** An expression: what the cheapest GPU-hour costs of those that some host offers. */
  public static final String CHEAPEST =
      """
      (select coalesce(min(coalesce(r.micros_per_hour, 0)), 0)
       from pool p
       left join lateral (
         select micros_per_hour from pool_rate
         where pool = p.name order by version desc limit 1) r on true
       where exists (select from slot s where s.pool = p.name and s.present))
      """;

  private final Transactions transactions;
  private final Changes changes;
  private final Audit audit;

  public Rates(Transactions transactions, Changes changes, Audit audit) {
    this.transactions = transactions;
    this.changes = changes;
    this.audit = audit;
  }

  /** The rate of every pool at this moment, by name, in the caller's transaction. */
  public static Map<String, Rate> current(JdbcClient jdbc) {
    var rates = new HashMap<String, Rate>();
    jdbc.sql(CURRENT)
        .query(row -> {
          rates.put(row.getString("name"), new Rate(money(row, "micros_per_hour")));
        });
    return rates;
  }

  /** Every pool with its present rate, for everybody who may spend on it. */
  public List<PoolPrice> list() {
    return transactions.withoutTeam(jdbc ->
        jdbc.sql(CURRENT)
            .query((row, _) ->
                new PoolPrice(
                    row.getString("name"), row.getInt("version"), money(row, "micros_per_hour")))
            .list());
  }

  /** All rates that a pool ever had, newest first. */
  public List<Version> history(String pool) {
    return transactions.withoutTeam(jdbc -> history(jdbc, pool));
  }

  private static List<Version> history(JdbcClient jdbc, String pool) {
    return jdbc.sql(
            """
            select version, micros_per_hour, set_by, reason, valid_from from pool_rate
            where pool = :pool order by version desc
            """)
        .param("pool", pool)
        .query((row, _) -> version(row))
        .list();
  }

  /** What leases of the pool cost from now on; for platform admins. */
  public Version set(Principal admin, String pool, Money perHour, @Nullable String reason) {
    admin.requirePlatformAdmin();
    if (perHour.micros() < 0) throw new Refused(negative(perHour));
    var why = Reason.checked(reason);
    var set =
        transactions.withoutTeam(jdbc -> {
          lock(jdbc, pool);
          jdbc.sql(
                  """
                  insert into pool_rate (pool, version, micros_per_hour, set_by, reason)
                  select :pool, coalesce(max(version), 0) + 1, :rate, :by, :reason
                  from pool_rate where pool = :pool
                  """)
              .param("pool", pool)
              .param("rate", perHour.micros())
              .param("by", admin.login())
              .param("reason", why)
              .update();
          var detail = Map.of("perHour", perHour, "reason", why);
          audit.record(jdbc, admin.login(), null, "set rate", "pool " + pool, detail);
          return history(jdbc, pool).getFirst();
        });
    changes.announce(new Change.OfWork());
    return set;
  }

  /** Two admins at once make two versions, one after the other. */
  private static void lock(JdbcClient jdbc, String pool) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('rate ' || :pool, 0))")
        .param("pool", pool)
        .query(_ -> {});
    boolean known =
        jdbc.sql("select exists (select from pool where name = :pool)")
            .param("pool", pool)
            .query(Boolean.class)
            .single();
    if (!known) throw Absent.of("pool", pool);
  }

  private static Version version(ResultSet row) throws SQLException {
    return new Version(
        row.getInt("version"),
        money(row, "micros_per_hour"),
        row.getString("set_by"),
        row.getString("reason"),
        instant(row, "valid_from"));
  }

  private static Problem negative(Money perHour) {
    return Problem.of(
            "rate-negative",
            Category.INVALID,
            "rate",
            "A GPU-hour costs nothing or more.",
            "Send 0 for a pool that costs nothing.")
        .found(perHour)
        .allowed("0 or more");
  }
}
