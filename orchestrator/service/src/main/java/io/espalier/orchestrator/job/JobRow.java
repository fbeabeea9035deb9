package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A job's state at a version. Every change names the version that it changes. */
record JobRow(
    UUID id,
    UUID team,
    JobState state,
    @Nullable PauseReason pauseReason,
    long version,
    Instant now) {

  private static final String COLUMNS =
      "select id, team_id, state, pause_reason, version, clock_timestamp() as now from job ";

  /** Reads a job and locks it until the transaction ends. */
  static Optional<JobRow> lock(JdbcClient jdbc, UUID id) {
    return jdbc.sql(COLUMNS + "where id = :id for update")
        .param("id", id)
        .query((row, _) -> job(row))
        .optional();
  }

  /** The same for many, in the order of their ids. */
  static List<JobRow> lock(JdbcClient jdbc, Collection<UUID> ids) {
    return lock(jdbc, ids, "");
  }

  /** The same; whatever others have locked is left out. */
  static List<JobRow> lockFree(JdbcClient jdbc, Collection<UUID> ids) {
    return lock(jdbc, ids, " skip locked");
  }

  private static List<JobRow> lock(JdbcClient jdbc, Collection<UUID> ids, String otherwise) {
    return jdbc.sql(COLUMNS + "where id = any(:ids) order by id for update" + otherwise)
        .param("ids", ids.toArray(UUID[]::new))
        .query((row, _) -> job(row))
        .list();
  }

  private static JobRow job(ResultSet row) throws SQLException {
    return new JobRow(
        uuid(row, "id"),
        uuid(row, "team_id"),
        constant(row, "state", JobState.class),
        constantOrNull(row, "pause_reason", PauseReason.class),
        row.getLong("version"),
        instant(row, "now"));
  }

  JobRow move(JdbcClient jdbc, JobState to, String reason) {
    var changes = new JobChanges();
    changes.move(this, to, reason);
    return changed(jdbc, changes, to, null);
  }

  JobRow pause(JdbcClient jdbc, PauseReason reason) {
    var changes = new JobChanges();
    changes.pause(this, reason);
    return changed(jdbc, changes, JobState.PAUSED, reason);
  }

  JobRow fail(JdbcClient jdbc, FailureReason reason, Problem problem) {
    var changes = new JobChanges();
    changes.fail(this, reason, problem);
    return changed(jdbc, changes, JobState.FAILED, null);
  }

  private JobRow changed(
      JdbcClient jdbc, JobChanges changes, JobState to, @Nullable PauseReason pause) {
    changes.write(jdbc);
    return new JobRow(id, team, to, pause, version + 1, now);
  }
}
