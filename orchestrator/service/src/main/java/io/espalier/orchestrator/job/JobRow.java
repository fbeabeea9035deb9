package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.problem.Problem;
import io.espalier.orchestrator.database.Json;
import java.time.Instant;
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

  /** Reads a job and locks it until the transaction ends. */
  static Optional<JobRow> lock(JdbcClient jdbc, UUID id) {
    return jdbc.sql(
            """
            select id, team_id, state, pause_reason, version, clock_timestamp() as now from job
            where id = :id for update
            """)
        .param("id", id)
        .query((row, _) ->
            new JobRow(
                uuid(row, "id"),
                uuid(row, "team_id"),
                constant(row, "state", JobState.class),
                constantOrNull(row, "pause_reason", PauseReason.class),
                row.getLong("version"),
                instant(row, "now")))
        .optional();
  }

  JobRow move(JdbcClient jdbc, JobState to, String reason) {
    return change(jdbc, to, reason, null, null, null);
  }

  JobRow pause(JdbcClient jdbc, PauseReason reason) {
    return change(jdbc, JobState.PAUSED, reason.name(), reason, null, null);
  }

  JobRow fail(JdbcClient jdbc, FailureReason reason, Problem problem) {
    return change(jdbc, JobState.FAILED, reason.name(), null, reason, problem);
  }

  private JobRow change(
      JdbcClient jdbc,
      JobState to,
      String why,
      @Nullable PauseReason pause,
      @Nullable FailureReason failure,
      @Nullable Problem problem) {
    if (!state.next().contains(to)) {
      throw new IllegalStateException("Job " + id + " cannot go from " + state + " to " + to);
    }
    int changed =
        jdbc.sql(
                """
                update job
                set state = :to, pause_reason = :pause, failure_reason = :failure,
                    problem = :problem::jsonb, finished_at = :finished, version = version + 1
                where id = :id and version = :version
                """)
            .param("to", to.name())
            .param("pause", pause == null ? null : pause.name())
            .param("failure", failure == null ? null : failure.name())
            .param("problem", problem == null ? null : Json.write(problem))
            .param("finished", to.isTerminal() ? parameter(now) : null)
            .param("id", id)
            .param("version", version)
            .update();
    if (changed != 1) {
      throw new IllegalStateException(
          "Job " + id + " changed at version " + version + " although it was locked");
    }
    Timeline.append(jdbc, team, id, state, to, why);
    return new JobRow(id, team, to, pause, version + 1, now);
  }
}
