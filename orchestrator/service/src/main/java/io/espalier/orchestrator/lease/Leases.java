package io.espalier.orchestrator.lease;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Funding;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Slice;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.LiveLease;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.budget.Books;
import io.espalier.orchestrator.database.ColumnArrays;
import io.espalier.orchestrator.database.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Grants, renews and ends leases, in the caller's transaction. What becomes of a lease is decided
 * by {@link LiveLease}; here it is stored and posted. Rows are locked in one order everywhere: job,
 * task, lease, team account, cap account, agent.
 */
public final class Leases {

  private static final String COLUMNS =
      """
      l.id, l.team_id, l.job_id, l.task_id, l.agent_id, l.epoch, l.state, l.wish, l.yield_reason,
      l.next_sequence, l.slice, l.slice_started_at, l.held_millis, l.settled_millis,
      l.durable_millis, l.rate_micros, l.granted_at, l.renewed_at,
      (select count(*) from lease_slot s where s.lease_id = l.id) as slots,
      clock_timestamp() as now
      """;

  private static final String SELECT = "select " + COLUMNS + " from lease l ";

  private static final String HELD =
      """
      select a.desired_version, l.*
      from agent a
      left join lateral (
        select %s, l.spec,
               (select array_agg(s.index order by s.index)
                from lease_slot ls join slot s on s.id = ls.slot_id
                where ls.lease_id = l.id) as indices
        from lease l
        where l.agent_id = a.id and l.state = 'LIVE' and a.desired_version > :since) l on true
      where a.id = :agent
      order by l.granted_at, l.id
      """
          .formatted(COLUMNS);

  private final Fence fence;
  private final Terms terms;

  public Leases(Fence fence, Terms terms) {
    this.fence = fence;
    this.terms = terms;
  }

  /** Reads leases and locks them until the transaction ends, in the order of their ids. */
  public List<Lease> lock(JdbcClient jdbc, Collection<UUID> ids) {
    return jdbc.sql(SELECT + "where l.id = any(:ids) order by l.id for update of l")
        .param("ids", ids.toArray(UUID[]::new))
        .query((row, _) -> lease(row))
        .list();
  }

  /** Reads a lease and locks it until the transaction ends. */
  public Optional<Lease> lock(JdbcClient jdbc, UUID id) {
    return jdbc.sql(SELECT + "where l.id = :id for update of l")
        .param("id", id)
        .query((row, _) -> lease(row))
        .optional();
  }

  /** The job's live lease, locked until the transaction ends. */
  public Optional<Lease> lockLiveOfJob(JdbcClient jdbc, UUID job) {
    return jdbc.sql(SELECT + "where l.job_id = :job and l.state = 'LIVE' for update of l")
        .param("job", job)
        .query((row, _) -> lease(row))
        .optional();
  }

  public List<Lease> liveOfAgent(JdbcClient jdbc, UUID agent) {
    return jdbc.sql(
            SELECT + "where l.agent_id = :agent and l.state = 'LIVE' order by l.granted_at, l.id")
        .param("agent", agent)
        .query((row, _) -> lease(row))
        .list();
  }

  /** A live lease with what its agent must know to run it: indices of its slots, and the task. */
  public record Held(Lease lease, List<Integer> slots, TaskSpec spec) {}

  /**
   * What an agent should run at one moment.
   *
   * @param version rises whenever that changes
   */
  public record Holding(long version, List<Held> leases) {}

  /** Without leases if nothing has changed since a version; empty if there is no such agent. */
  public Optional<Holding> heldByAgent(JdbcClient jdbc, UUID agent, long since) {
    return jdbc.sql(HELD)
        .param("agent", agent)
        .param("since", since)
        .query(rows -> {
          if (!rows.next()) return Optional.<Holding>empty();
          long version = rows.getLong("desired_version");
          var held = new ArrayList<Held>();
          do {
            if (rows.getObject("id") != null) held.add(held(rows));
          } while (rows.next());
          return Optional.of(new Holding(version, held));
        });
  }

  private static Held held(ResultSet row) throws SQLException {
    return new Held(
        lease(row),
        List.of((Integer[]) row.getArray("indices").getArray()),
        Json.read(row.getString("spec"), TaskSpec.class));
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
   * Locks agents until the transaction ends, unless they drain, and answers which of {@code slots}
   * nobody has: none can be given away, and no drain can begin, before the transaction ends.
   */
  public Set<UUID> lockFree(JdbcClient jdbc, Collection<UUID> slots) {
    var agents =
        jdbc.sql(
                """
                select id from agent
                where not draining and id in (select agent_id from slot where id = any(:slots))
                order by id for update
                """)
            .param("slots", slots.toArray(UUID[]::new))
            .query(UUID.class)
            .list();
    return new HashSet<>(
        jdbc.sql(
                """
                select s.id from slot s
                where s.id = any(:slots) and s.agent_id = any(:agents)
                  and not exists (
                    select from lease_slot l where l.slot_id = s.id and l.live)
                """)
            .param("slots", slots.toArray(UUID[]::new))
            .param("agents", agents.toArray(UUID[]::new))
            .query(UUID.class)
            .list());
  }

  /**
   * Inserts leases whose slots are locked and free and whose first holds are posted. Each makes its
   * agent's long poll answer.
   */
  public void insert(JdbcClient jdbc, List<NewLease> leases) {
    if (leases.isEmpty()) return;
    jdbc.sql(
            """
            insert into lease (id, team_id, job_id, task_id, agent_id, epoch, state, spec, held_millis,
                               rate_micros, yield_by, slice_started_at, granted_at, renewed_at)
            select n.id, n.team, n.job, n.task, n.agent, n.epoch, 'LIVE', n.spec::jsonb, n.held,
                   n.rate, n.yield_by, t.now, t.now, t.now
            from unnest(:ids::uuid[], :teams::uuid[], :jobs::uuid[], :tasks::uuid[],
                        :agents::uuid[], :epochs::bigint[], :specs::text[], :held::bigint[],
                        :rates::bigint[], :yieldBys::timestamptz[])
                   as n (id, team, job, task, agent, epoch, spec, held, rate, yield_by),
                 (select clock_timestamp() as now) t
            """)
        .param("ids", ColumnArrays.uuids(leases, lease -> lease.account().lease()))
        .param("teams", ColumnArrays.uuids(leases, lease -> lease.account().team()))
        .param("jobs", ColumnArrays.uuids(leases, lease -> lease.account().job()))
        .param("tasks", ColumnArrays.uuids(leases, NewLease::task))
        .param("agents", ColumnArrays.uuids(leases, NewLease::agent))
        .param("epochs", ColumnArrays.longs(leases, NewLease::epoch))
        .param("specs", ColumnArrays.texts(leases, lease -> Json.write(lease.spec())))
        .param("held", ColumnArrays.longs(leases, lease -> lease.hold().millis()))
        .param("rates", ColumnArrays.longs(leases, lease -> lease.rate().perHour().micros()))
        .param("yieldBys", ColumnArrays.texts(leases, lease -> text(lease.yieldBy())))
        .update();
    record Place(UUID lease, UUID slot) {}
    var places = new ArrayList<Place>();
    for (var lease : leases) {
      for (var slot : lease.slots()) places.add(new Place(lease.account().lease(), slot));
    }
    jdbc.sql(
            """
            insert into lease_slot (lease_id, slot_id)
            select lease, slot from unnest(:leases::uuid[], :slots::uuid[]) as n (lease, slot)
            """)
        .param("leases", ColumnArrays.uuids(places, Place::lease))
        .param("slots", ColumnArrays.uuids(places, Place::slot))
        .update();
    LeaseChanges.bump(jdbc, leases.stream().map(NewLease::agent).toList());
  }

  private static @Nullable String text(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }

  /**
   * Collects what becomes of leases.
   *
   * @param funded all whose accounts are posted to, if the funding of one may be renewed: that
   *     depends on what its accounts have, so they are locked now
   */
  public LeaseChanges changes(JdbcClient jdbc, Collection<Lease> funded) {
    return new LeaseChanges(
        funded.isEmpty() ? null : Books.open(jdbc, funded.stream().map(Lease::account).toList()));
  }

  /** Whether a sign of life now would renew its funding. */
  public boolean isFundingDue(Lease lease) {
    return lease.isLive() && lease.live().isFundingDue(fence, terms, lease.now());
  }

  /**
   * Accepts a sign of life: renews the funding where it is due. What the trainer is told to do may
   * change; how long it may go on is answered.
   */
  public Duration renew(LeaseChanges changes, Lease lease) {
    var renewed = lease.live().renew(fence, terms, () -> changes.free(lease), lease.now());
    var reason = "slice " + renewed.lease().funding().number();
    changes.post(lease, renewed.postings(), reason);
    changes.put(lease, renewed.lease());
    return renewed.validFor();
  }

  /** The same for one lease. */
  public Duration renew(JdbcClient jdbc, Lease lease) {
    var changes = changes(jdbc, isFundingDue(lease) ? List.of(lease) : List.of());
    var validFor = renew(changes, lease);
    changes.write(jdbc);
    return validFor;
  }

  /** Work until now is in a checkpoint: no fault of the platform can take it back. */
  public Lease checkpointed(LeaseChanges changes, Lease lease) {
    var after = lease.live().checkpointed(fence, lease.now());
    changes.put(lease, after);
    return lease.as(after);
  }

  /** How long the trainer may go on since it was last heard of. */
  public Duration validFor(Lease lease) {
    var slice = lease.live().funding().slice();
    return fence.validFor(lease.renewedAt(), lease.now(), slice.left(lease.now()));
  }

  /** Its trainer has said its last word, and all of it is charged: what is posted for that. */
  public List<Posting> release(LeaseChanges changes, Lease lease, String reason) {
    var postings = lease.live().released(fence, false, lease.now());
    changes.end(lease, LeaseState.RELEASED, reason);
    changes.post(lease, postings, reason);
    return postings;
  }

  /** Its trainer has said that the platform failed it: charged until the last checkpoint. */
  public void releaseAfterFault(LeaseChanges changes, Lease lease, String reason) {
    changes.end(lease, LeaseState.RELEASED, reason);
    changes.post(lease, lease.live().released(fence, true, lease.now()), reason);
  }

  /** It is lost: charged until the last checkpoint. */
  public void expire(LeaseChanges changes, Lease lease, String reason) {
    changes.end(lease, LeaseState.EXPIRED, reason);
    changes.post(lease, lease.live().expired(), reason);
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

  private void store(JdbcClient jdbc, Lease lease, LiveLease after) {
    var changes = changes(jdbc, List.of());
    changes.put(lease, after);
    changes.write(jdbc);
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
