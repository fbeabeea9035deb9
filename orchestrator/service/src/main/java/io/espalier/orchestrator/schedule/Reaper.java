package io.espalier.orchestrator.schedule;

import io.espalier.domain.lease.Watch;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Columns;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.job.Work;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Takes back leases that were not renewed in time. Nothing expires before the platform itself has
 * been up for as long as a lease may be silent: agents could not renew while it was down, or while
 * its database was.
 */
public final class Reaper {

  static final long LOCK = 0x6573_7061_6c02L;

  private final Transactions transactions;
  private final Changes changes;
  private final TaskFlow flow;
  private final Leases leases;
  private final Duration longestGap;

  // Guarded by this.
  private Watch watch;

  /**
   * @param upSince by the database's clock
   * @param longestGap between two looks; after a longer one the platform was as good as down
   */
  public Reaper(
      Transactions transactions,
      Changes changes,
      TaskFlow flow,
      Leases leases,
      Instant upSince,
      Duration longestGap) {
    this.transactions = transactions;
    this.changes = changes;
    this.flow = flow;
    this.leases = leases;
    this.watch = Watch.from(upSince);
    this.longestGap = longestGap;
  }

  /**
   * Notes that this node can hear renewals. The metronome beats on any node, so each node looks by
   * itself as well, or those that it leaves out would always seem to have been away.
   */
  public synchronized void look() {
    watch = watch.look(transactions.asPlanner(Reaper::now), longestGap);
  }

  /** How many leases were taken back. */
  public synchronized int tick() {
    look();
    var unheard =
        transactions.asPlanner(
            jdbc -> AdvisoryLock.tryTake(jdbc, LOCK) ? leases.unheard(jdbc) : List.<UUID>of());
    int expired = 0;
    for (var id : unheard) {
      var lease = transactions.asPlanner(jdbc -> expire(jdbc, id));
      if (lease.isEmpty()) continue;
      expired++;
      changes.announce(
          new Change.OfJob(lease.get().job()),
          new Change.OfAgent(lease.get().agent()),
          new Change.OfWork());
    }
    return expired;
  }

  private static Instant now(JdbcClient jdbc) {
    return jdbc.sql("select clock_timestamp() as now")
        .query((row, _) -> Columns.instant(row, "now"))
        .single();
  }

  private Optional<Lease> expire(JdbcClient jdbc, UUID id) {
    var work =
        Work.lock(jdbc, leases, id).filter(held -> leases.isExpired(held.lease(), watch.upSince()));
    work.ifPresent(lost -> flow.lost(jdbc, lost, "its agent was not heard of in time"));
    return work.map(Work::lease);
  }
}
