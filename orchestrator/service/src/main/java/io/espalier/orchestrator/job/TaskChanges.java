package io.espalier.orchestrator.job;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.lease.AfterRun;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.database.ColumnArrays;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of locked tasks in one transaction, and which tasks follow them. */
final class TaskChanges {

  private record Change(
      TaskRow task, TaskState to, int losses, @Nullable Integer microBatch, @Nullable UUID avoid) {}

  /**
   * A task that waits for its first slot, at the place of its job.
   *
   * @param pool where it must run; null for wherever the job may
   * @param need of each slot
   */
  record NewTask(
      UUID team,
      UUID job,
      TaskKind kind,
      @Nullable String pool,
      GpuTime need,
      Duration predicted) {}

  /** Of {@link #columns}. */
  static final String INSERT =
      """
      insert into task (team_id, job_id, kind, state, pool, need_millis, predicted_millis,
        owner_id, priority, slots, labels, place, opens_at, closes_at)
      select j.team_id, j.id, n.kind, 'WAITING', coalesce(n.pool, j.pool), n.need * j.slots,
        n.predicted, j.owner_id,
        array_position(array['URGENT', 'NORMAL', 'SCAVENGER'], j.priority) - 1, j.slots,
        j.labels, j.submitted_at, j.not_before,
        case when j.start_window is not null then '-infinity'::timestamptz end
      from unnest(:teams::uuid[], :jobs::uuid[], :kinds::text[], :pools::text[],
                  :needs::bigint[], :predicted::bigint[])
             as n (team, job, kind, pool, need, predicted)
      join job j on j.id = n.job and j.team_id = n.team
      """;

  private final List<Change> changes = new ArrayList<>();
  private final List<NewTask> following = new ArrayList<>();

  /**
   * It waits again, at its old place.
   *
   * @param avoid an agent whose hardware failed it
   */
  void requeue(TaskRow task, AfterRun.Requeue how, @Nullable UUID avoid) {
    changes.add(new Change(task, TaskState.WAITING, how.losses(), how.microBatch(), avoid));
  }

  void end(TaskRow task, TaskState to) {
    changes.add(new Change(task, to, task.losses(), task.microBatch(), null));
  }

  void add(NewTask next) {
    following.add(next);
  }

  void write(JdbcClient jdbc) {
    if (!changes.isEmpty()) update(jdbc);
    if (!following.isEmpty()) insert(jdbc);
    changes.clear();
    following.clear();
  }

  private void update(JdbcClient jdbc) {
    int changed =
        jdbc.sql(
                """
                update task t
                set state = n.state, losses = n.losses, micro_batch = n.micro_batch,
                    avoid_agent = coalesce(n.avoid, t.avoid_agent), version = t.version + 1,
                    ended_at = case when n.state = 'WAITING' then null else clock_timestamp() end
                from unnest(:ids::uuid[], :versions::bigint[], :states::text[], :losses::int[],
                            :microBatches::int[], :avoids::uuid[])
                  as n (id, version, state, losses, micro_batch, avoid)
                where t.id = n.id and t.version = n.version
                """)
            .param("ids", ColumnArrays.uuids(changes, change -> change.task().id()))
            .param("versions", ColumnArrays.longs(changes, change -> change.task().version()))
            .param("states", ColumnArrays.texts(changes, change -> change.to().name()))
            .param("losses", ColumnArrays.integers(changes, Change::losses))
            .param("microBatches", ColumnArrays.texts(changes, c -> text(c.microBatch())))
            .param("avoids", ColumnArrays.texts(changes, change -> text(change.avoid())))
            .update();
    if (changed != changes.size()) {
      throw new IllegalStateException(
          "%d of %d tasks changed although they were locked"
              .formatted(changes.size() - changed, changes.size()));
    }
  }

  private void insert(JdbcClient jdbc) {
    jdbc.sql(INSERT).params(columns(following)).update();
  }

  static Map<String, Object> columns(List<NewTask> tasks) {
    return Map.of(
        "teams", ColumnArrays.uuids(tasks, NewTask::team),
        "jobs", ColumnArrays.uuids(tasks, NewTask::job),
        "kinds", ColumnArrays.texts(tasks, task -> task.kind().name()),
        "pools", ColumnArrays.texts(tasks, NewTask::pool),
        "needs", ColumnArrays.longs(tasks, task -> task.need().millis()),
        "predicted", ColumnArrays.longs(tasks, task -> task.predicted().toMillis()));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
