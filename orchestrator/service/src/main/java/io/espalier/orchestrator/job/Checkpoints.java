package io.espalier.orchestrator.job;

import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which checkpoints are listed no more. Their contents go once nothing else lists them. */
final class Checkpoints {

  /**
   * Those of a task that have a content which cannot be read. False if there are none.
   *
   * @param content its SHA-256
   */
  static boolean forget(JdbcClient jdbc, UUID task, String content) {
    int forgotten =
        jdbc.sql(
                """
                delete from checkpoint
                where task_id = :task
                  and files @> jsonb_build_array(
                    jsonb_build_object('blob', jsonb_build_object('sha256', :content::text)))
                """)
            .param("task", task)
            .param("content", content)
            .update();
    if (forgotten == 0) return false;
    jdbc.sql(
            """
            update task set saved_at = (select max(created_at) from checkpoint where task_id = :task)
            where id = :task
            """)
        .param("task", task)
        .update();
    return true;
  }

  /** Those of jobs that have ended so long ago. How many. */
  static int forgetEnded(JdbcClient jdbc, Duration ago) {
    return jdbc.sql(
            """
            delete from checkpoint c using task t join job j on j.id = t.job_id
            where t.id = c.task_id and j.finished_at < now() - :ago * interval '1 millisecond'
              and not exists (select from lease l where l.task_id = t.id and l.state = 'LIVE')
            """)
        .param("ago", ago.toMillis())
        .update();
  }

  private Checkpoints() {}
}
