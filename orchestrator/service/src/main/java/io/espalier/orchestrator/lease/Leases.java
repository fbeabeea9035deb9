package io.espalier.orchestrator.lease;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Renewal;
import io.espalier.domain.budget.Slice;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.lease.Acceptance;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.database.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Grants, renews and ends leases, in the caller's transaction. Rows are locked in one order
 * everywhere: job, task, lease, team account, cap account, agent.
 */
public final class Leases {

  private static final String COLUMNS =
      """
      select l.id, l.team_id, l.job_id, l.task_id, l.agent_id, l.epoch, l.state, l.wish,
             l.yield_reason, l.next_sequence, l.slice, l.slice_started_at, l.renewed_at,
             (select count(*) from lease_slot s where s.lease_id = l.id) as slots,
             clock_timestamp() as now
      from lease l
      """;

  private final Ledger ledger;
  private final Fence fence;
  private final Terms terms;

  public Leases(Ledger ledger, Fence fence, Terms terms) {
    this.ledger = ledger;
    this.fence = fence;
    this.terms = terms;
  }

  /** Reads a lease and locks it until the transaction ends. */
  public Optional<Lease> lock(JdbcClient jdbc, UUID id) {
    return jdbc.sql(COLUMNS + "where l.id = :id for update of l")
        .param("id", id)
        .query((row, _) -> lease(row))
        .optional();
  }

  /** The job's live lease, locked until the transaction ends. */
  public Optional<Lease> lockLiveOfJob(JdbcClient jdbc, UUID job) {
    return jdbc.sql(COLUMNS + "where l.job_id = :job and l.state = 'LIVE' for update of l")
        .param("job", job)
        .query((row, _) -> lease(row))
        .optional();
  }

  /** The job of a lease: to be locked before the lease is. */
  public Optional<UUID> jobOf(JdbcClient jdbc, UUID id) {
    return jdbc.sql("select job_id from lease where id = :id")
        .param("id", id)
        .query(UUID.class)
        .optional();
  }

  public List<Lease> liveOfAgent(JdbcClient jdbc, UUID agent) {
    return jdbc.sql(
            COLUMNS + "where l.agent_id = :agent and l.state = 'LIVE' order by l.granted_at, l.id")
        .param("agent", agent)
        .query((row, _) -> lease(row))
        .list();
  }

  public TaskSpec spec(JdbcClient jdbc, UUID id) {
    return Json.read(
        jdbc.sql("select spec from lease where id = :id")
            .param("id", id)
            .query(String.class)
            .single(),
        TaskSpec.class);
  }

  /** Live leases that may have expired; whether they have is decided under their lock. */
  public List<UUID> unheard(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select id from lease
            where state = 'LIVE' and renewed_at <= now() - :silence * interval '1 millisecond'
            order by renewed_at, id limit 100
            """)
        .param("silence", fence.regrantAfter().toMillis())
        .query((row, _) -> uuid(row, "id"))
        .list();
  }

  public boolean isExpired(Lease lease, Instant upSince) {
    return lease.isLive() && fence.isExpired(lease.renewedAt(), upSince, lease.now());
  }

  /**
   * Inserts a lease on slots of one agent with its first hold. False if a slot or the money has
   * gone meanwhile, or the agent drains: the caller gives up its transaction.
   */
  public boolean grant(
      JdbcClient jdbc,
      UUID id,
      UUID team,
      UUID job,
      UUID task,
      long epoch,
      UUID agent,
      List<UUID> slots,
      TaskSpec spec,
      GpuTime hold) {
    int inserted =
        jdbc.sql(
                """
                insert into lease (id, team_id, job_id, task_id, agent_id, epoch, state, spec,
                                   slice_started_at, granted_at, renewed_at)
                select :id, :team, :job, :task, a.id, :epoch, 'LIVE', :spec::jsonb, t.now, t.now, t.now
                from agent a, (select clock_timestamp() as now) t
                where a.id = :agent
                """)
            .param("id", id)
            .param("team", team)
            .param("job", job)
            .param("task", task)
            .param("epoch", epoch)
            .param("spec", Json.write(spec))
            .param("agent", agent)
            .update();
    if (inserted == 0) return false;
    int taken =
        jdbc.sql(
                """
                insert into lease_slot (lease_id, slot_id)
                select :lease, s from unnest(:slots::uuid[]) s
                on conflict (slot_id) where live do nothing
                """)
            .param("lease", id)
            .param("slots", slots.toArray(UUID[]::new))
            .update();
    if (taken < slots.size()) return false;
    if (!ledger.hold(jdbc, new Ledger.OfLease(team, job, id), 0, hold)) return false;
    return bump(jdbc, agent, "and not draining");
  }

  /**
   * Accepts a sign of life: renews the funding where it is due. What the trainer is told to do may
   * change; how long it may go on is answered.
   */
  public Duration renew(JdbcClient jdbc, Lease lease) {
    var now = lease.now();
    var open = openHold(jdbc, lease);
    int number = lease.slice();
    var accepted =
        Acceptance.of(
            fence,
            terms,
            lease.wish(),
            open,
            lease.renewedAt(),
            now,
            () -> ledger.lock(jdbc, lease.team(), lease.job()).free());
    switch (accepted.renewal()) {
      case Renewal.Keep() -> {}
      case Renewal.Park() -> wish(jdbc, lease, Wish.YIELD, PauseReason.BUDGET);
      case Renewal.Renew(var used, var next) -> {
        ledger.settle(jdbc, lease.account(), number, open.held(), used, "renewed");
        number++;
        if (!ledger.hold(jdbc, lease.account(), number, next)) {
          throw new IllegalStateException("A hold failed under the accounts' lock: " + next);
        }
      }
    }
    jdbc.sql(
            """
            update lease set renewed_at = :now, slice = :slice, slice_started_at = :started
            where id = :id and epoch = :epoch and state = 'LIVE'
            """)
        .param("now", parameter(now))
        .param("slice", number)
        .param("started", parameter(accepted.slice().startedAt()))
        .param("id", lease.id())
        .param("epoch", lease.epoch())
        .update();
    return accepted.valid();
  }

  /** How long the trainer may go on since it was last heard of. */
  public Duration validFor(JdbcClient jdbc, Lease lease) {
    var left = openHold(jdbc, lease).left(lease.now());
    return fence.validFor(lease.renewedAt(), lease.now(), left);
  }

  /** Its trainer has said its last word: charged until now. */
  public void release(JdbcClient jdbc, Lease lease, String reason) {
    var open = openHold(jdbc, lease);
    var used = Acceptance.usedAtRelease(fence, open, lease.renewedAt(), lease.now());
    end(jdbc, lease, LeaseState.RELEASED, reason, open, used);
  }

  /** It is lost: charged until the last accepted renewal. */
  public void expire(JdbcClient jdbc, Lease lease, String reason) {
    var open = openHold(jdbc, lease);
    var used = Acceptance.usedAtLoss(open, lease.renewedAt());
    end(jdbc, lease, LeaseState.EXPIRED, reason, open, used);
  }

  /** Tells the agent to stop or yield; the lease lives on until the trainer has left. */
  public void wish(JdbcClient jdbc, Lease lease, Wish wish, @Nullable PauseReason reason) {
    jdbc.sql(
            """
            update lease set wish = :wish, yield_reason = coalesce(:reason, yield_reason)
            where id = :id and state = 'LIVE'
            """)
        .param("wish", wish.name())
        .param("reason", reason == null ? null : reason.name())
        .param("id", lease.id())
        .update();
    bump(jdbc, lease.agent());
  }

  private void end(
      JdbcClient jdbc, Lease lease, LeaseState state, String reason, Slice open, GpuTime used) {
    int ended =
        jdbc.sql(
                """
                update lease set state = :state, end_reason = :reason, ended_at = :now
                where id = :id and epoch = :epoch and state = 'LIVE'
                """)
            .param("state", state.name())
            .param("reason", reason)
            .param("now", parameter(lease.now()))
            .param("id", lease.id())
            .param("epoch", lease.epoch())
            .update();
    if (ended != 1) {
      throw new IllegalStateException("Lease " + lease.id() + " ended although it was locked");
    }
    jdbc.sql("update lease_slot set live = false where lease_id = :id")
        .param("id", lease.id())
        .update();
    ledger.settle(jdbc, lease.account(), lease.slice(), open.held(), used, reason);
    bump(jdbc, lease.agent());
  }

  private Slice openHold(JdbcClient jdbc, Lease lease) {
    var held = ledger.held(jdbc, lease.id(), lease.slice());
    return new Slice(lease.slots(), held, lease.sliceStartedAt());
  }

  /** The agent's long poll answers once its version has risen. */
  private static void bump(JdbcClient jdbc, UUID agent) {
    bump(jdbc, agent, "");
  }

  /**
   * False if the agent does not meet {@code condition}. Its row is locked by then, so a drain comes
   * wholly before a grant or finds its lease.
   */
  private static boolean bump(JdbcClient jdbc, UUID agent, String condition) {
    return jdbc.sql(
                "update agent set desired_version = desired_version + 1 where id = :id "
                    + condition)
            .param("id", agent)
            .update()
        == 1;
  }

  private static Lease lease(ResultSet row) throws SQLException {
    return new Lease(
        uuid(row, "id"),
        uuid(row, "team_id"),
        uuid(row, "job_id"),
        uuid(row, "task_id"),
        uuid(row, "agent_id"),
        row.getLong("epoch"),
        constant(row, "state", LeaseState.class),
        constant(row, "wish", Wish.class),
        constantOrNull(row, "yield_reason", PauseReason.class),
        row.getLong("next_sequence"),
        row.getInt("slice"),
        instant(row, "slice_started_at"),
        instant(row, "renewed_at"),
        row.getInt("slots"),
        instant(row, "now"));
  }
}
