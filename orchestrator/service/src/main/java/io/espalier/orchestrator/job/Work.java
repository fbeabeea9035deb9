package io.espalier.orchestrator.job;

import io.espalier.domain.lease.AfterRun;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A lease with its task and job, all locked until the transaction ends. */
public final class Work {

  private final JobRow job;
  private final TaskRow task;
  private final Lease lease;

  private Work(JobRow job, TaskRow task, Lease lease) {
    this.job = job;
    this.task = task;
    this.lease = lease;
  }

  /** Locks in the common order: job, task, lease. */
  public static Optional<Work> lock(JdbcClient jdbc, Leases leases, UUID leaseId) {
    return leases
        .jobOf(jdbc, leaseId)
        .flatMap(jobId -> JobRow.lock(jdbc, jobId))
        .flatMap(job -> lockRest(jdbc, leases, leaseId, job));
  }

  private static Optional<Work> lockRest(JdbcClient jdbc, Leases leases, UUID leaseId, JobRow job) {
    var taskId =
        jdbc.sql("select task_id from lease where id = :id")
            .param("id", leaseId)
            .query(UUID.class)
            .single();
    return TaskRow.lock(jdbc, taskId)
        .flatMap(task -> leases.lock(jdbc, leaseId).map(lease -> new Work(job, task, lease)));
  }

  public Lease lease() {
    return lease;
  }

  JobRow job() {
    return job;
  }

  TaskRow task() {
    return task;
  }

  /** What is known of the run when it ends. */
  AfterRun.Run run(JdbcClient jdbc) {
    var live = lease.live();
    return new AfterRun.Run(
        job.state(),
        task.kind(),
        task.losses(),
        batch(jdbc),
        task.microBatch(),
        live.wish(),
        live.yieldReason());
  }

  /** A linear probe takes no steps: its features are computed a few at a time anyway. */
  private int batch(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select case when training ->> 'protocol' = 'LINEAR_PROBE' then 0
                        else coalesce((training -> 'settings' -> 'batching' ->> 'batchSize')::int, 0) end
            from job where id = :job
            """)
        .param("job", job.id())
        .query(Integer.class)
        .single();
  }
}
