package io.espalier.orchestrator.job;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores what a trainer reports while it runs, in the caller's transaction. */
public final class TaskReports {

  /** Of a log line; the rest is cut off. */
  private static final int MOST_CHARACTERS = 4000;

  private static final int MOST_CHARACTERS_OF_NAME = 100;

  private static final Pattern LEVEL = Pattern.compile("INFO|WARN|ERROR");

  private record Key(String name, int step) {}

  private record Value(double value, Instant at) {}

  /** Stores everything except the last word. */
  public static void store(JdbcClient jdbc, Work work, List<TrainerEvent> events) {
    var points = new LinkedHashMap<Key, Value>();
    var lines = new ArrayList<TrainerEvent.Log>();
    for (var event : events) {
      requireContents(jdbc, event);
      switch (event) {
        case TrainerEvent.Metrics metrics -> collect(points, metrics);
        case TrainerEvent.Log log -> lines.add(log);
        case TrainerEvent.Progress progress -> progress(jdbc, work, progress);
        case TrainerEvent.Checkpoint checkpoint -> checkpoint(jdbc, work, checkpoint);
        case TrainerEvent.Started started ->
            lines.add(
                new TrainerEvent.Log(
                    started.at(),
                    "INFO",
                    work.task().kind()
                        + " started on "
                        + started.engine()
                        + " from step "
                        + started.fromStep()));
        case TrainerEvent.Profiled _,
            TrainerEvent.Trained _,
            TrainerEvent.Evaluated _,
            TrainerEvent.Yielded _,
            TrainerEvent.Failed _ -> {}
      }
    }
    metrics(jdbc, work, points);
    log(jdbc, work, lines);
  }

  /** A repeated step replaces its point: a training that goes on from a checkpoint repeats some. */
  private static void metrics(JdbcClient jdbc, Work work, Map<Key, Value> points) {
    if (points.isEmpty()) return;
    stored(
        work,
        points.size(),
        jdbc.sql(
                """
                insert into metric (team_id, job_id, name, step, value, at)
                select t.team_id, t.job_id, p.name, p.step, p.value, p.at
                from task t,
                     unnest(:names::text[], :steps::int[], :values::float8[], :ats::timestamptz[])
                       as p (name, step, value, at)
                where t.id = :task and t.epoch = :epoch
                on conflict (job_id, name, step)
                  do update set value = excluded.value, at = excluded.at
                """)
            .param("task", work.task().id())
            .param("epoch", work.lease().epoch())
            .param("names", column(points.keySet(), Key::name, String[]::new))
            .param("steps", column(points.keySet(), Key::step, Integer[]::new))
            .param("values", column(points.values(), Value::value, Double[]::new))
            .param("ats", column(points.values(), p -> p.at().toString(), String[]::new))
            .update());
  }

  private static void log(JdbcClient jdbc, Work work, List<TrainerEvent.Log> lines) {
    if (lines.isEmpty()) return;
    stored(
        work,
        lines.size(),
        jdbc.sql(
                """
                insert into log_line (team_id, job_id, task_id, level, text, at)
                select t.team_id, t.job_id, t.id, l.level, l.text, l.at
                from task t,
                     unnest(:levels::text[], :texts::text[], :ats::timestamptz[])
                       with ordinality as l (level, text, at, number)
                where t.id = :task and t.epoch = :epoch
                order by l.number
                """)
            .param("task", work.task().id())
            .param("epoch", work.lease().epoch())
            .param("levels", column(lines, line -> level(line.level()), String[]::new))
            .param(
                "texts",
                column(lines, line -> Printable.line(line.text(), MOST_CHARACTERS), String[]::new))
            .param("ats", column(lines, line -> line.at().toString(), String[]::new))
            .update());
  }

  private static void progress(JdbcClient jdbc, Work work, TrainerEvent.Progress progress) {
    stored(
        work,
        jdbc.sql(
                """
                update task
                set progress = :progress::jsonb,
                    timed_from = case when timed_from ->> 'phase' = :phase then timed_from
                                      else :progress::jsonb end
                where id = :task and epoch = :epoch
                """)
            .param("phase", progress.phase())
            .param("progress", Json.write(progress))
            .param("task", work.task().id())
            .param("epoch", work.lease().epoch())
            .update());
  }

  /** Two are kept, so that one that turns out damaged does not cost the whole training. */
  private static void checkpoint(JdbcClient jdbc, Work work, TrainerEvent.Checkpoint checkpoint) {
    stored(
        work,
        jdbc.sql(
                """
                insert into checkpoint (team_id, task_id, step, files)
                select team_id, id, :step, :files::jsonb from task
                where id = :task and epoch = :epoch
                on conflict (task_id, step) do update set files = excluded.files
                """)
            .param("task", work.task().id())
            .param("epoch", work.lease().epoch())
            .param("step", checkpoint.step())
            .param("files", Json.write(checkpoint.files()))
            .update());
    jdbc.sql(
            """
            delete from checkpoint where task_id = :task and step not in
              (select step from checkpoint where task_id = :task order by step desc limit 2)
            """)
        .param("task", work.task().id())
        .update();
    jdbc.sql(
            """
            update task set losses = 0, saved_at = clock_timestamp()
            where id = :task and epoch = :epoch
            """)
        .param("task", work.task().id())
        .param("epoch", work.lease().epoch())
        .update();
  }

  /** Under the lease's lock its epoch is the task's; whatever else it is, it is not written to. */
  private static void stored(Work work, int rows) {
    stored(work, 1, rows);
  }

  private static void stored(Work work, int expected, int rows) {
    if (rows != expected) {
      throw new IllegalStateException(
          "Task %s is not at epoch %d any more".formatted(work.task().id(), work.lease().epoch()));
    }
  }

  /** The platform never lists a content that it does not have. */
  private static void requireContents(JdbcClient jdbc, TrainerEvent event) {
    var names = event.files().stream().map(file -> file.blob().sha256()).distinct().toList();
    if (names.isEmpty()) return;
    var missing =
        jdbc.sql(
                """
                select n.sha256 from unnest(:names::text[]) as n (sha256)
                where not exists (select 1 from blob b where b.sha256 = n.sha256)
                """)
            .param("names", names.toArray(String[]::new))
            .query(String.class)
            .list();
    if (missing.isEmpty()) return;
    var file =
        event.files().stream()
            .filter(f -> missing.contains(f.blob().sha256()))
            .map(NamedBlob::name)
            .findFirst()
            .orElseThrow();
    throw new Refused(
        Problem.of(
                "unknown-content",
                Category.INVALID,
                "file " + file,
                "The event names a content that has not been sent.",
                "Send the content, then report again.")
            .found(missing.getFirst()));
  }

  private static void collect(Map<Key, Value> points, TrainerEvent.Metrics metrics) {
    for (var point : metrics.points()) {
      points.put(
          new Key(Printable.line(point.name(), MOST_CHARACTERS_OF_NAME), metrics.step()),
          new Value(point.value(), metrics.at()));
    }
  }

  private static String level(String level) {
    return LEVEL.matcher(level).matches() ? level : "INFO";
  }

  private static <T, C> C[] column(
      Collection<T> rows, Function<T, C> value, IntFunction<C[]> array) {
    return rows.stream().map(value).toArray(array);
  }

  private TaskReports() {}
}
