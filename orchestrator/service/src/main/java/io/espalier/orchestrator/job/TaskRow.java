package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.job.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
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

  /** The same for many, in the order of their ids. */
  static List<TaskRow> lock(JdbcClient jdbc, Collection<UUID> ids) {
    return jdbc.sql(SELECT + "where id = any(:ids) order by id for update")
        .param("ids", ids.toArray(UUID[]::new))
        .query((row, _) -> task(row))
        .list();
  }

  /** The task under way of a job that has not ended, locked until the transaction ends. */
  static Optional<TaskRow> lockUnderWay(JdbcClient jdbc, UUID job) {
    return jdbc.sql(SELECT + "where job_id = :job and state in ('WAITING', 'LEASED') for update")
        .param("job", job)
        .query((row, _) -> task(row))
        .optional();
  }

  TaskRow withoutLosses() {
    return new TaskRow(id, kind, state, pool, epoch, 0, microBatch, version);
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
}
