package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.orchestrator.database.ColumnArrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tasks that are about to get slots, with their jobs: locked until the transaction ends, as long as
 * they are still at the versions that the plan has seen and nobody else is changing them.
 */
public final class Starts {

  private record Task(long version, long epoch) {}

  private final Map<UUID, JobRow> jobs;

  /** By task. */
  private final Map<UUID, Task> tasks;

  private Starts(Map<UUID, JobRow> jobs, Map<UUID, Task> tasks) {
    this.jobs = jobs;
    this.tasks = tasks;
  }

  public static Starts lock(JdbcClient jdbc, Collection<Grant> grants) {
    var jobs = new HashMap<UUID, JobRow>();
    var wanted = grants.stream().map(grant -> grant.waiting().job()).toList();
    for (var job : JobRow.lockFree(jdbc, wanted)) jobs.put(job.id(), job);
    var unchanged =
        grants.stream()
            .map(Grant::waiting)
            .filter(waiting -> isAt(jobs.get(waiting.job()), waiting.jobVersion()))
            .map(Waiting::task)
            .toList();
    var tasks = new HashMap<UUID, Task>();
    if (unchanged.isEmpty()) return new Starts(jobs, tasks);
    jdbc.sql(
            """
            select id, version, epoch from task
            where id = any(:ids) and state = 'WAITING' order by id for update
            """)
        .param("ids", unchanged.toArray(UUID[]::new))
        .query(row -> {
          tasks.put(uuid(row, "id"), new Task(row.getLong("version"), row.getLong("epoch")));
        });
    return new Starts(jobs, tasks);
  }

  private static boolean isAt(@Nullable JobRow job, long version) {
    return job != null && job.version() == version;
  }

  /** Whether its job and its task are as the plan has seen them. */
  public boolean isUnchanged(Grant grant) {
    var task = tasks.get(grant.waiting().task());
    return task != null && task.version() == grant.waiting().taskVersion();
  }

  /** Of the lease that an unchanged task gets. */
  public long nextEpoch(Grant grant) {
    return task(grant).epoch() + 1;
  }

  private Task task(Grant grant) {
    var task = tasks.get(grant.waiting().task());
    if (task == null) throw new IllegalStateException("Not locked: " + grant.waiting().task());
    return task;
  }

  /** The tasks are leased, and their jobs go, or go back, to the states of their tasks. */
  public void begin(JdbcClient jdbc, List<Grant> grants) {
    var moves = new JobChanges();
    for (var grant : grants) {
      var kind = grant.waiting().kind();
      var job = jobs.get(grant.waiting().job());
      if (job == null) throw new IllegalStateException("Not locked: " + grant.waiting().job());
      if (job.state() != kind.state()) moves.move(job, kind.state(), kind.name() + " has a slot");
    }
    moves.write(jdbc);
    int leased =
        jdbc.sql(
                """
                update task t
                set state = 'LEASED', epoch = t.epoch + 1, version = t.version + 1, pool = n.pool,
                    progress = null, timed_from = null, waiting_reason = null, waiting_text = null
                from unnest(:ids::uuid[], :versions::bigint[], :pools::text[])
                  as n (id, version, pool)
                where t.id = n.id and t.version = n.version and t.state = 'WAITING'
                """)
            .param("ids", ColumnArrays.uuids(grants, grant -> grant.waiting().task()))
            .param("versions", ColumnArrays.longs(grants, grant -> grant.waiting().taskVersion()))
            .param("pools", ColumnArrays.texts(grants, Grant::pool))
            .update();
    if (leased != grants.size()) {
      throw new IllegalStateException(
          "%d of %d tasks changed although they were locked"
              .formatted(grants.size() - leased, grants.size()));
    }
  }
}
