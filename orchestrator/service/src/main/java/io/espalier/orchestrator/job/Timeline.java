package io.espalier.orchestrator.job;

import io.espalier.domain.job.JobState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The append-only record of a job's states. */
final class Timeline {

  static void append(
      JdbcClient jdbc, UUID team, UUID job, @Nullable JobState from, JobState to, String reason) {
    jdbc.sql(
            """
            insert into job_transition (team_id, job_id, from_state, to_state, reason)
            values (:team, :job, :from, :to, :reason)
            """)
        .param("team", team)
        .param("job", job)
        .param("from", from == null ? null : from.name())
        .param("to", to.name())
        .param("reason", reason)
        .update();
  }

  private Timeline() {}
}
