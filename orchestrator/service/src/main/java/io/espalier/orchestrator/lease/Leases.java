package io.espalier.orchestrator.lease;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Funding;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Slice;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.LiveLease;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.database.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Grants, renews and ends leases, in the caller's transaction. What becomes of a lease is decided
 * by {@link LiveLease}; here it is stored and posted. Rows are locked in one order everywhere: job,
 * task, lease, team account, cap account, agent.
 */
public final class Leases {

  private static final String COLUMNS =
      """
      select l.id, l.team_id, l.job_id, l.task_id, l.agent_id, l.epoch, l.state, l.wish,
             l.yield_reason, l.next_sequence, l.slice, l.slice_started_at, l.held_millis,
             l.settled_millis, l.durable_millis, l.rate_micros, l.renewed_at,
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
   * Inserts a lease on slots of one agent with its first hold, at the rate of their pool. False if
   * a slot or the money has gone meanwhile, or the agent drains: the caller gives up its
   * transaction.
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
    var rate = Rates.ofSlot(jdbc, slots.getFirst());
    int inserted =
        jdbc.sql(
                """
                insert into lease (id, team_id, job_id, task_id, agent_id, epoch, state, spec,
                                   held_millis, rate_micros, slice_started_at, granted_at, renewed_at)
                select :id, :team, :job, :task, a.id, :epoch, 'LIVE', :spec::jsonb, :held, :rate,
                       t.now, t.now, t.now
                from agent a, (select clock_timestamp() as now) t
                where a.id = :agent
                """)
            .param("id", id)
            .param("team", team)
            .param("job", job)
            .param("task", task)
            .param("epoch", epoch)
            .param("spec", Json.write(spec))
            .param("held", hold.millis())
            .param("rate", rate.perHour().micros())
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
    var opening = Funding.begin(rate, slots.size(), hold, Instant.EPOCH).opening();
    var account = new Ledger.OfLease(team, job, id);
    if (!ledger.post(jdbc, account, List.of(opening), "slice 0")) return false;
    return bump(jdbc, agent, "and not draining");
  }

  /**
   * Accepts a sign of life: renews the funding where it is due. What the trainer is told to do may
   * change; how long it may go on is answered.
   */
  public Duration renew(JdbcClient jdbc, Lease lease) {
    var renewed =
        lease
            .live()
            .renew(
                fence,
                terms,
                () -> ledger.lock(jdbc, lease.team(), lease.job()).free(),
                lease.now());
    if (!renewed.postings().isEmpty()) {
      var reason = "slice " + renewed.lease().funding().number();
      if (!ledger.post(jdbc, lease.account(), renewed.postings(), reason)) {
        throw new IllegalStateException(
            "A hold failed under the accounts' lock: " + renewed.postings());
      }
    }
    store(jdbc, lease, renewed.lease());
    return renewed.validFor();
  }

  /** Work until now is in a checkpoint: no fault of the platform can take it back. */
  public Lease checkpointed(JdbcClient jdbc, Lease lease) {
    var after = lease.live().checkpointed(fence, lease.now());
    store(jdbc, lease, after);
    return lease.as(after);
  }

  /** How long the trainer may go on since it was last heard of. */
  public Duration validFor(Lease lease) {
    var slice = lease.live().funding().slice();
    return fence.validFor(lease.renewedAt(), lease.now(), slice.left(lease.now()));
  }

  /** Its trainer has said its last word, and all of it is charged. */
  public void release(JdbcClient jdbc, Lease lease, String reason) {
    end(jdbc, lease, LeaseState.RELEASED, reason, false);
  }

  /** Its trainer has said that the platform failed it: charged until the last checkpoint. */
  public void releaseAfterFault(JdbcClient jdbc, Lease lease, String reason) {
    end(jdbc, lease, LeaseState.RELEASED, reason, true);
  }

  /** It is lost: charged until the last checkpoint. */
  public void expire(JdbcClient jdbc, Lease lease, String reason) {
    end(jdbc, lease, LeaseState.EXPIRED, reason, true);
  }

  /**
   * Asks the trainer to make a checkpoint at its next step and leave; the lease lives on until it
   * has. Its job then rests for {@code reason}, at its old place in the queue.
   *
   * @return whether it was asked now, or for another reason than before
   */
  public boolean askToYield(JdbcClient jdbc, Lease lease, PauseReason reason) {
    if (!lease.isLive()) return false;
    var asked = lease.live().askedToYield(reason);
    if (asked.equals(lease.live())) return false;
    store(jdbc, lease, asked);
    return true;
  }

  /** Takes the pause back that it was asked for: the trainer leaves, and its task waits again. */
  public void letGoOn(JdbcClient jdbc, Lease lease) {
    store(jdbc, lease, lease.live().toGoOn());
  }

  /** Tells the trainer to leave at once: its work is not wanted any more. */
  public void stop(JdbcClient jdbc, Lease lease) {
    store(jdbc, lease, lease.live().told(Wish.STOP));
  }

  /** Writes what has become of a live lease; its agent hears of a new wish. */
  private static void store(JdbcClient jdbc, Lease lease, LiveLease after) {
    var funding = after.funding();
    int stored =
        jdbc.sql(
                """
                update lease
                set wish = :wish, yield_reason = :reason, renewed_at = :renewed, slice = :slice,
                    slice_started_at = :started, held_millis = :held, settled_millis = :settled,
                    durable_millis = :durable
                where id = :id and epoch = :epoch and state = 'LIVE'
                """)
            .param("wish", after.wish().name())
            .param("reason", after.yieldReason() == null ? null : after.yieldReason().name())
            .param("renewed", parameter(after.renewedAt()))
            .param("slice", funding.number())
            .param("started", parameter(funding.slice().startedAt()))
            .param("held", funding.slice().held().millis())
            .param("settled", funding.settled().millis())
            .param("durable", funding.durable().millis())
            .param("id", lease.id())
            .param("epoch", lease.epoch())
            .update();
    if (stored != 1) throw changed(lease);
    if (after.wish() != lease.wish()) bump(jdbc, lease.agent(), "");
  }

  private void end(JdbcClient jdbc, Lease lease, LeaseState state, String reason, boolean fault) {
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
    if (ended != 1) throw changed(lease);
    jdbc.sql("update lease_slot set live = false where lease_id = :id")
        .param("id", lease.id())
        .update();
    var postings =
        state == LeaseState.EXPIRED
            ? lease.live().expired()
            : lease.live().released(fence, fault, lease.now());
    if (!ledger.post(jdbc, lease.account(), postings, reason)) {
      throw new IllegalStateException("A hold could not be resolved: " + postings);
    }
    bump(jdbc, lease.agent(), "");
  }

  private static IllegalStateException changed(Lease lease) {
    return new IllegalStateException("Lease " + lease.id() + " ended although it was locked");
  }

  /**
   * The agent's long poll answers once its version has risen. False if the agent does not meet
   * {@code condition}. Its row is locked by then, so a drain comes wholly before a grant or finds
   * its lease.
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
    var funding =
        new Funding(
            new Rate(money(row, "rate_micros")),
            row.getInt("slice"),
            new Slice(
                row.getInt("slots"), gpuTime(row, "held_millis"), instant(row, "slice_started_at")),
            gpuTime(row, "settled_millis"),
            gpuTime(row, "durable_millis"));
    return new Lease(
        uuid(row, "id"),
        uuid(row, "team_id"),
        uuid(row, "job_id"),
        uuid(row, "task_id"),
        uuid(row, "agent_id"),
        row.getLong("epoch"),
        constant(row, "state", LeaseState.class),
        row.getLong("next_sequence"),
        new LiveLease(
            constant(row, "wish", Wish.class),
            constantOrNull(row, "yield_reason", PauseReason.class),
            instant(row, "renewed_at"),
            funding),
        instant(row, "now"));
  }
}
