package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.schedule.StartWindow;
import io.espalier.orchestrator.database.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Turns the start windows of waiting tasks into moments that a query can compare. */
final class StartWindows {

  private record Shut(UUID task, StartWindow window, @Nullable Instant notBefore, Instant now) {}

  /** Looks the next opening up for tasks whose last one has closed, or who had none yet. */
  static void roll(JdbcClient jdbc) {
    var shut =
        jdbc.sql(
                """
                select k.id, j.start_window, j.not_before, now() as now
                from task k join job j on j.id = k.job_id
                where k.state = 'WAITING' and k.closes_at <= now()
                """)
            .query((row, _) ->
                new Shut(
                    uuid(row, "id"),
                    Json.read(row.getString("start_window"), StartWindow.class),
                    instantOrNull(row, "not_before"),
                    instant(row, "now")))
            .list();
    for (var task : shut) {
      var from = task.notBefore();
      var moment = from == null || from.isBefore(task.now()) ? task.now() : from;
      var opening = task.window().atOrAfter(moment);
      var opens = opening.from().isBefore(moment) ? moment : opening.from();
      jdbc.sql("update task set opens_at = :opens, closes_at = :closes where id = :id")
          .param("opens", parameter(opens))
          .param("closes", parameter(opening.until()))
          .param("id", task.task())
          .update();
    }
  }

  private StartWindows() {}
}
