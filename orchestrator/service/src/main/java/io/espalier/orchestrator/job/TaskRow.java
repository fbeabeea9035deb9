package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.lease.AfterRun;
import io.espalier.domain.unit.GpuTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A task at a version. */
record TaskRow(
    UUID id,
    TaskKind kind,
    TaskState state,
    @Nullable String pool,
    long epoch,
    int losses,
    @Nullable Integer microBatch,
    long version) {

  private static final String SELECT =
      "select id, kind, state, pool, epoch, losses, micro_batch, version from task ";

  /** Reads a task and locks it until the transaction ends. */
  static Optional<TaskRow> lock(JdbcClient jdbc, UUID id) {
    return jdbc.sql(SELECT + "where id = :id for update")
        .param("id", id)
        .query((row, _) -> task(row))
        .optional();
  }

  /** The task under way of a job that has not ended, locked until the transaction ends. */
  static Optional<TaskRow> lockUnderWay(JdbcClient jdbc, UUID job) {
    return jdbc.sql(SELECT + "where job_id = :job and state in ('WAITING', 'LEASED') for update")
        .param("job", job)
        .query((row, _) -> task(row))
        .optional();
  }

  private static TaskRow task(ResultSet row) throws SQLException {
    return new TaskRow(
        uuid(row, "id"),
        constant(row, "kind", TaskKind.class),
        constant(row, "state", TaskState.class),
        row.getString("pool"),
        row.getLong("epoch"),
        row.getInt("losses"),
        row.getObject("micro_batch", Integer.class),
        row.getLong("version"));
  }

  /** The state of a job that waits for a slot for this task. */
  JobState stateOfJob() {
    return kind == TaskKind.PROFILE && epoch == 0 ? JobState.QUEUED : kind.state();
  }

  /**
   * Queues a task at the place of its job.
   *
   * @param pool where it must run; null for wherever its job may
   * @param need of one slot
   * @param predicted how long it will run
   */
  static void insert(
      JdbcClient jdbc,
      UUID team,
      UUID job,
      TaskKind kind,
      @Nullable String pool,
      GpuTime need,
      Duration predicted) {
    jdbc.sql(
            """
            insert into task (team_id, job_id, kind, state, pool, need_millis, predicted_millis,
              owner_id, priority, slots, labels, place, opens_at, closes_at)
            select team_id, id, :kind, 'WAITING', coalesce(:pool, pool), :need * slots, :predicted,
              owner_id, array_position(array['URGENT', 'NORMAL', 'SCAVENGER'], priority) - 1, slots,
              labels, submitted_at, not_before,
              case when start_window is not null then '-infinity'::timestamptz end
            from job where id = :job and team_id = :team
            """)
        .param("team", team)
        .param("job", job)
        .param("kind", kind.name())
        .param("pool", pool)
        .param("need", need.millis())
        .param("predicted", predicted.toMillis())
        .update();
  }

  /**
   * It waits again, at its old place.
   *
   * @param avoid an agent whose hardware failed it
   */
  void requeue(JdbcClient jdbc, AfterRun.Requeue how, @Nullable UUID avoid) {
    change(jdbc, TaskState.WAITING, how.losses(), how.microBatch(), avoid);
  }

  void end(JdbcClient jdbc, TaskState to) {
    change(jdbc, to, losses, microBatch, null);
  }

  private void change(
      JdbcClient jdbc,
      TaskState to,
      int losses,
      @Nullable Integer microBatch,
      @Nullable UUID avoid) {
    int changed =
        jdbc.sql(
                """
                update task
                set state = :to, losses = :losses, micro_batch = :microBatch::int,
                    avoid_agent = coalesce(:avoid::uuid, avoid_agent), version = version + 1,
                    ended_at = case when :to = 'WAITING' then null else clock_timestamp() end
                where id = :id and version = :version
                """)
            .param("to", to.name())
            .param("losses", losses)
            .param("microBatch", microBatch)
            .param("avoid", avoid)
            .param("id", id)
            .param("version", version)
            .update();
    if (changed != 1) {
      throw new IllegalStateException(
          "Task " + id + " changed at version " + version + " although it was locked");
    }
  }
}
