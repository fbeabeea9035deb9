package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stretches of time in which hosts rest: nothing is started that would be cut short, and whatever
 * runs when one begins saves, leaves and goes on elsewhere or afterwards.
 */
public final class Maintenances {

  /**
   * @param agent null for all
   * @param pool null for all
   */
  public record Maintenance(
      UUID id,
      Instant from,
      Instant until,
      @Nullable UUID agent,
      @Nullable String pool,
      String reason) {}

  private final Transactions transactions;
  private final Changes changes;
  private final Audit audit;

  public Maintenances(Transactions transactions, Changes changes, Audit audit) {
    this.transactions = transactions;
    this.changes = changes;
    this.audit = audit;
  }

  /** Those that are not over, the next first. Everybody may see when hosts rest. */
  public List<Maintenance> list() {
    return transactions.withoutTeam(jdbc ->
        jdbc.sql(
                """
                select id, starts_at, ends_at, agent_id, pool, reason from maintenance
                where ends_at > now() order by starts_at, id
                """)
            .query((row, _) ->
                new Maintenance(
                    uuid(row, "id"),
                    instant(row, "starts_at"),
                    instant(row, "ends_at"),
                    uuidOrNull(row, "agent_id"),
                    row.getString("pool"),
                    row.getString("reason")))
            .list());
  }

  /** Of an agent, of a pool, or (both null) of all hosts. */
  public Maintenance plan(
      Principal admin,
      Instant from,
      Instant until,
      @Nullable UUID agent,
      @Nullable String pool,
      String reason) {
    admin.requirePlatformAdmin();
    if (!until.isAfter(from)) throw refused("until", "It ends before it begins.", until);
    if (agent != null && pool != null) {
      throw refused("pool", "It is of an agent or of a pool, not of both.", pool);
    }
    if (reason.isBlank() || reason.length() > 200) {
      throw refused("reason", "People are told why, in up to 200 characters.", reason);
    }
    var id = UUID.randomUUID();
    transactions.withoutTeam(jdbc -> {
      requireKnown(jdbc, agent, pool);
      jdbc.sql(
              """
              insert into maintenance (id, starts_at, ends_at, agent_id, pool, reason)
              values (:id, :from, :until, :agent::uuid, :pool, :reason)
              """)
          .param("id", id)
          .param("from", parameter(from))
          .param("until", parameter(until))
          .param("agent", agent)
          .param("pool", pool)
          .param("reason", reason)
          .update();
      var detail = Map.of("from", from, "until", until, "reason", reason);
      audit.record(jdbc, admin.login(), null, "plan", "maintenance " + id, detail);
      return true;
    });
    changes.announce(new Change.OfWork());
    return new Maintenance(id, from, until, agent, pool, reason);
  }

  /** Takes it back, or ends it now. */
  public void cancel(Principal admin, UUID id) {
    admin.requirePlatformAdmin();
    transactions.withoutTeam(jdbc -> {
      int deleted = jdbc.sql("delete from maintenance where id = :id").param("id", id).update();
      if (deleted == 0) throw Absent.of("maintenance", id);
      audit.record(jdbc, admin.login(), null, "cancel", "maintenance " + id, Map.of());
      return true;
    });
    changes.announce(new Change.OfWork());
  }

  private static void requireKnown(JdbcClient jdbc, @Nullable UUID agent, @Nullable String pool) {
    boolean known =
        jdbc.sql(
                """
                select (:agent::uuid is null or exists (select 1 from agent where id = :agent::uuid))
                   and (:pool::text is null or exists (select 1 from pool where name = :pool::text))
                """)
            .param("agent", agent)
            .param("pool", pool)
            .query(Boolean.class)
            .single();
    if (!known) throw Absent.of("agent or pool", agent == null ? "" + pool : agent);
  }

  private static Refused refused(String field, String sentence, @Nullable Object found) {
    return new Refused(
        Problem.of(
                "maintenance-" + field, Category.INVALID, field, sentence, "Correct the request.")
            .found(String.valueOf(found)));
  }
}
