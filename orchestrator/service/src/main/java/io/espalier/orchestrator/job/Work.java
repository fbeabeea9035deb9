package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.lease.AfterRun;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A lease with its task and job, all locked until the transaction ends. */
public final class Work {

  private final JobRow job;
  private final TaskRow task;
  private final Lease lease;

  /** Samples at once of what was chosen; 0 where it takes no steps. */
  private final int batch;

  private Work(JobRow job, TaskRow task, Lease lease, int batch) {
    this.job = job;
    this.task = task;
    this.lease = lease;
    this.batch = batch;
  }

  public static Optional<Work> lock(JdbcClient jdbc, Leases leases, UUID leaseId) {
    return lock(jdbc, leases, List.of(leaseId), List.of()).works().stream().findFirst();
  }

  /**
   * What was locked.
   *
   * @param works leases with task and job
   * @param alone leases without
   */
  public record Locked(List<Work> works, List<Lease> alone) {}

  /**
   * Locks many in the common order: jobs, tasks, leases, each by their ids.
   *
   * @param whole leases that are wanted with task and job
   * @param only leases that are wanted alone
   */
  public static Locked lock(
      JdbcClient jdbc, Leases leases, Collection<UUID> whole, Collection<UUID> only) {
    var jobs = new HashMap<UUID, JobRow>();
    var batches = new HashMap<UUID, Integer>();
    var tasks = new HashMap<UUID, TaskRow>();
    if (!whole.isEmpty()) {
      record Of(UUID job, UUID task, int batch) {}
      // A linear probe takes no steps: its features are computed a few at a time anyway.
      var found =
          jdbc.sql(
                  """
                  select l.job_id, l.task_id,
                         case when j.training ->> 'protocol' = 'LINEAR_PROBE' then 0
                              else coalesce(
                                (j.training -> 'settings' -> 'batching' ->> 'batchSize')::int, 0)
                         end as batch
                  from lease l join job j on j.id = l.job_id where l.id = any(:leases)
                  """)
              .param("leases", whole.toArray(UUID[]::new))
              .query((row, _) ->
                  new Of(uuid(row, "job_id"), uuid(row, "task_id"), row.getInt("batch")))
              .list();
      for (var of : found) batches.put(of.job(), of.batch());
      for (var job : JobRow.lock(jdbc, batches.keySet())) jobs.put(job.id(), job);
      for (var task : TaskRow.lock(jdbc, found.stream().map(Of::task).toList())) {
        tasks.put(task.id(), task);
      }
    }
    var ids = new ArrayList<>(whole);
    ids.addAll(only);
    var works = new ArrayList<Work>();
    var alone = new ArrayList<Lease>();
    for (var lease : leases.lock(jdbc, ids)) {
      if (!whole.contains(lease.id())) alone.add(lease);
      else works.add(work(jobs, tasks, batches, lease));
    }
    return new Locked(works, alone);
  }

  private static Work work(
      Map<UUID, JobRow> jobs, Map<UUID, TaskRow> tasks, Map<UUID, Integer> batches, Lease lease) {
    var job = jobs.get(lease.job());
    var task = tasks.get(lease.task());
    if (job == null || task == null) {
      throw new IllegalStateException("Lease " + lease.id() + " is without its job or task");
    }
    return new Work(job, task, lease, batches.getOrDefault(lease.job(), 0));
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

  /** The same after a checkpoint: what was lost before it does not count any more. */
  public Work checkpointed(Lease heard) {
    return new Work(job, task.withoutLosses(), heard, batch);
  }

  /** What is known of the run when it ends. */
  AfterRun.Run run() {
    var live = lease.live();
    return new AfterRun.Run(
        job.state(),
        task.kind(),
        task.losses(),
        batch,
        task.microBatch(),
        live.wish(),
        live.yieldReason());
  }
}
