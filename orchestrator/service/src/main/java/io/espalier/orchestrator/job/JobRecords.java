package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.database.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Reads what has been recorded of a job: curves, log, artifacts, timeline. */
final class JobRecords {

  private static final TypeReference<List<NamedBlob>> FILES = new TypeReference<>() {};

  private record Named(String name, Curves.Point point) {}

  /**
   * At most {@link Curves#MOST_POINTS} of each series: first, last, and of every stretch between
   * them the lowest and the highest, so that no spike is lost. {@code after} null: from the
   * beginning.
   */
  static Curves curves(JdbcClient jdbc, UUID job, @Nullable Instant after) {
    var series = new TreeMap<String, List<Curves.Point>>();
    jdbc.sql(
            """
            with numbered as (
              select name, step, value, at,
                     row_number() over (partition by name order by step) as i,
                     count(*) over (partition by name) as n
              from metric
              where job_id = :job and (:after::timestamptz is null or at > :after::timestamptz)
            ), ranked as (
              select name, step, value, at, i, n,
                     row_number() over (stretch order by value, step) as low,
                     row_number() over (stretch order by value desc, step desc) as high
              from numbered
              window stretch as (partition by name, (i - 1) * (:most / 2 - 1) / n)
            )
            select name, step, value, at from ranked
            where n <= :most or low = 1 or high = 1 or i = 1 or i = n
            order by name, step
            """)
        .param("job", job)
        .param("after", after == null ? null : parameter(after))
        .param("most", Curves.MOST_POINTS)
        .query((row, _) ->
            new Named(
                row.getString("name"),
                new Curves.Point(row.getInt("step"), row.getDouble("value"), instant(row, "at"))))
        .list()
        .forEach(named ->
            series.computeIfAbsent(named.name(), _ -> new ArrayList<>()).add(named.point()));
    return new Curves(
        series.entrySet().stream()
            .map(entry -> new Curves.Series(entry.getKey(), List.copyOf(entry.getValue())))
            .toList());
  }

  static List<LogLine> log(JdbcClient jdbc, UUID job, long after, int limit) {
    return jdbc.sql(
            """
            select l.id, t.kind, l.level, l.text, l.at
            from log_line l join task t on t.id = l.task_id
            where l.job_id = :job and l.id > :after order by l.id limit :limit
            """)
        .param("job", job)
        .param("after", after)
        .param("limit", limit)
        .query((row, _) -> logLine(row))
        .list();
  }

  static List<LogLine> logTail(JdbcClient jdbc, UUID job, int limit) {
    return jdbc.sql(
            """
            select l.id, t.kind, l.level, l.text, l.at
            from log_line l join task t on t.id = l.task_id
            where l.job_id = :job order by l.id desc limit :limit
            """)
        .param("job", job)
        .param("limit", limit)
        .query((row, _) -> logLine(row))
        .list()
        .reversed();
  }

  private static LogLine logLine(ResultSet row) throws SQLException {
    return new LogLine(
        row.getLong("id"),
        constant(row, "kind", TaskKind.class),
        row.getString("level"),
        row.getString("text"),
        instant(row, "at"));
  }

  static List<Artifact> artifacts(JdbcClient jdbc, UUID job) {
    return jdbc.sql(
            """
            select id, kind, files, created_at from artifact where job_id = :job
            order by created_at, kind
            """)
        .param("job", job)
        .query((row, _) ->
            new Artifact(
                uuid(row, "id"),
                constant(row, "kind", ArtifactKind.class),
                Json.read(row.getString("files"), FILES),
                instant(row, "created_at")))
        .list();
  }

  static List<Transition> timeline(JdbcClient jdbc, UUID job) {
    return jdbc.sql(
            """
            select from_state, to_state, reason, at from job_transition where job_id = :job order by id
            """)
        .param("job", job)
        .query((row, _) ->
            new Transition(
                constantOrNull(row, "from_state", JobState.class),
                constant(row, "to_state", JobState.class),
                row.getString("reason"),
                instant(row, "at")))
        .list();
  }

  private JobRecords() {}
}
