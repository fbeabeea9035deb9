package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.parameter;

import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.job.TaskSpecs;
import io.espalier.orchestrator.lease.Leases;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Makes one grant of a plan true, in the caller's transaction: job and task by their versions,
 * epoch + 1, the lease with its slot, the first hold.
 */
final class CommitGrant {

  /** Something the grant relies on has changed since the snapshot; the next plan knows. */
  static final class Outdated extends RuntimeException {
    Outdated(String what) {
      super(what);
    }
  }

  private final TaskFlow flow;
  private final Leases leases;

  CommitGrant(TaskFlow flow, Leases leases) {
    this.flow = flow;
    this.leases = leases;
  }

  void apply(JdbcClient jdbc, Grant grant) {
    var waiting = grant.waiting();
    if (!flow.begin(jdbc, waiting.job(), waiting.jobVersion(), waiting.kind())) {
      throw new Outdated("job " + waiting.job());
    }
    long epoch =
        jdbc.sql(
                """
                update task
                set state = 'LEASED', epoch = epoch + 1, version = version + 1, pool = :pool,
                    progress = null, timed_from = null, waiting_reason = null, waiting_text = null
                where id = :id and version = :version and state = 'WAITING'
                returning epoch
                """)
            .param("pool", grant.pool())
            .param("id", waiting.task())
            .param("version", waiting.taskVersion())
            .query((row, _) -> row.getLong("epoch"))
            .optional()
            .orElseThrow(() -> new Outdated("task " + waiting.task()));
    var slots = grant.slots().stream().map(Snapshot.Slot::id).toList();
    var lease = UUID.randomUUID();
    var granted =
        leases.grant(
            jdbc,
            lease,
            waiting.team(),
            waiting.job(),
            waiting.task(),
            epoch,
            grant.host().agent(),
            slots,
            TaskSpecs.of(jdbc, waiting.job(), waiting.task(), waiting.kind(), slots.getFirst()),
            grant.hold());
    if (!granted) throw new Outdated("slots " + slots + ", their agent or the budget");
    if (grant.yieldBy() != null) {
      jdbc.sql("update lease set yield_by = :yieldBy where id = :lease")
          .param("yieldBy", parameter(grant.yieldBy()))
          .param("lease", lease)
          .update();
    }
  }
}
