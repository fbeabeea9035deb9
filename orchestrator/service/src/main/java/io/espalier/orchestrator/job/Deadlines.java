package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends jobs whose deadline has passed: their result would be of no use any more. */
public final class Deadlines {

  private final Transactions transactions;
  private final Changes changes;
  private final Leases leases;

  public Deadlines(Transactions transactions, Changes changes, Leases leases) {
    this.transactions = transactions;
    this.changes = changes;
    this.leases = leases;
  }

  private record Missed(UUID job, Instant deadline) {}

  /** How many jobs were ended. */
  public int tick() {
    var missed =
        transactions.asPlanner(jdbc ->
            jdbc.sql(
                    """
                    select id, deadline from job
                    where deadline <= now() and state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')
                    order by deadline, id limit 100
                    """)
                .query((row, _) -> new Missed(uuid(row, "id"), instant(row, "deadline")))
                .list());
    int ended = 0;
    for (var one : missed) if (end(one)) ended++;
    if (ended > 0) changes.announce(new Change.OfWork());
    return ended;
  }

  private boolean end(Missed missed) {
    record Ended(boolean now, Optional<Lease> lease) {}
    var ended =
        transactions.asPlanner(jdbc -> {
          var job = JobRow.lock(jdbc, missed.job());
          if (job.isEmpty() || job.get().state().isTerminal()) {
            return new Ended(false, Optional.<Lease>empty());
          }
          job.get().fail(jdbc, FailureReason.DEADLINE, problem(missed));
          cancelTasks(jdbc, missed.job());
          var lease = leases.lockLiveOfJob(jdbc, missed.job());
          lease.ifPresent(live -> leases.stop(jdbc, live));
          return new Ended(true, lease);
        });
    if (!ended.now()) return false;
    changes.announce(new Change.OfJob(missed.job()));
    ended.lease().ifPresent(lease -> changes.announce(new Change.OfAgent(lease.agent())));
    return true;
  }

  private static void cancelTasks(JdbcClient jdbc, UUID job) {
    jdbc.sql(
            """
            update task set state = 'CANCELLED', version = version + 1, ended_at = clock_timestamp()
            where job_id = :job and state in ('WAITING', 'LEASED')
            """)
        .param("job", job)
        .update();
  }

  private static Problem problem(Missed missed) {
    return Problem.of(
            "deadline-missed",
            Category.RESOURCES,
            "job " + missed.job(),
            "The job was not finished by its deadline.",
            "Submit it again with a later deadline, a higher priority or more budget.")
        .allowed("until " + missed.deadline());
  }
}
