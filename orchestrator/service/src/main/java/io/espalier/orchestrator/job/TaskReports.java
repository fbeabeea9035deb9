package io.espalier.orchestrator.job;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.database.ColumnArrays;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What trainers of locked work have reported in one transaction, except for their last words. */
final class TaskReports {

  /** Of a log line; the rest is cut off. */
  private static final int MOST_CHARACTERS = 4000;

  private static final int MOST_CHARACTERS_OF_NAME = 100;

  private static final Pattern LEVEL = Pattern.compile("INFO|WARN|ERROR");

  /** A task under the epoch of its lease. */
  private record Run(UUID task, long epoch) {}

  private record Key(Run run, String name, int step) {}

  private record Value(double value, Instant at) {}

  private record Line(Run run, TrainerEvent.Log log) {}

  /**
   * How far a run says that it is.
   *
   * @param first of those in a row that are of the last one's phase
   * @param changed whether one of another phase came before
   */
  private record Far(TrainerEvent.Progress first, TrainerEvent.Progress last, boolean changed) {
    Far then(TrainerEvent.Progress next) {
      return next.phase().equals(last.phase())
          ? new Far(first, next, changed)
          : new Far(next, next, true);
    }
  }

  private final Map<Key, Value> points = new LinkedHashMap<>();
  private final List<Line> lines = new ArrayList<>();
  private final Map<Run, Far> progress = new LinkedHashMap<>();

  /** Keeps everything except the last word; checkpoints are stored at once. */
  void add(JdbcClient jdbc, Work work, List<TrainerEvent> events) {
    var run = new Run(work.task().id(), work.lease().epoch());
    for (var event : events) {
      requireContents(jdbc, event);
      switch (event) {
        case TrainerEvent.Metrics metrics -> collect(run, metrics);
        case TrainerEvent.Log log -> lines.add(new Line(run, log));
        case TrainerEvent.Progress now ->
            progress.merge(run, new Far(now, now, false), (before, _) -> before.then(now));
        case TrainerEvent.Checkpoint checkpoint -> checkpoint(jdbc, run, checkpoint);
        case TrainerEvent.Started started -> lines.add(new Line(run, line(work, started)));
        case TrainerEvent.Profiled _,
            TrainerEvent.Trained _,
            TrainerEvent.Evaluated _,
            TrainerEvent.Yielded _,
            TrainerEvent.Failed _ -> {}
      }
    }
  }

  private static TrainerEvent.Log line(Work work, TrainerEvent.Started started) {
    return new TrainerEvent.Log(
        started.at(),
        "INFO",
        work.task().kind()
            + " started on "
            + started.engine()
            + " from step "
            + started.fromStep());
  }

  void write(JdbcClient jdbc) {
    writePoints(jdbc);
    writeLines(jdbc);
    writeProgress(jdbc);
    points.clear();
    lines.clear();
    progress.clear();
  }

  /** A repeated step replaces its point: a training that goes on from a checkpoint repeats some. */
  private void writePoints(JdbcClient jdbc) {
    if (points.isEmpty()) return;
    var keys = points.keySet();
    stored(
        points.size(),
        jdbc.sql(
                """
                insert into metric (team_id, job_id, name, step, value, at)
                select t.team_id, t.job_id, p.name, p.step, p.value, p.at
                from unnest(:tasks::uuid[], :epochs::bigint[], :names::text[], :steps::int[],
                            :values::float8[], :ats::timestamptz[])
                       as p (task, epoch, name, step, value, at)
                join task t on t.id = p.task and t.epoch = p.epoch
                on conflict (job_id, name, step)
                  do update set value = excluded.value, at = excluded.at
                """)
            .param("tasks", ColumnArrays.uuids(keys, key -> key.run().task()))
            .param("epochs", ColumnArrays.longs(keys, key -> key.run().epoch()))
            .param("names", ColumnArrays.texts(keys, Key::name))
            .param("steps", ColumnArrays.integers(keys, Key::step))
            .param("values", points.values().stream().map(Value::value).toArray(Double[]::new))
            .param("ats", ColumnArrays.texts(points.values(), point -> point.at().toString()))
            .update());
  }

  private void writeLines(JdbcClient jdbc) {
    if (lines.isEmpty()) return;
    stored(
        lines.size(),
        jdbc.sql(
                """
                insert into log_line (team_id, job_id, task_id, level, text, at)
                select t.team_id, t.job_id, t.id, l.level, l.text, l.at
                from unnest(:tasks::uuid[], :epochs::bigint[], :levels::text[], :texts::text[],
                            :ats::timestamptz[])
                       with ordinality as l (task, epoch, level, text, at, number)
                join task t on t.id = l.task and t.epoch = l.epoch
                order by l.number
                """)
            .param("tasks", ColumnArrays.uuids(lines, line -> line.run().task()))
            .param("epochs", ColumnArrays.longs(lines, line -> line.run().epoch()))
            .param("levels", ColumnArrays.texts(lines, line -> level(line.log().level())))
            .param("texts", ColumnArrays.texts(lines, line -> text(line.log())))
            .param("ats", ColumnArrays.texts(lines, line -> line.log().at().toString()))
            .update());
  }

  private void writeProgress(JdbcClient jdbc) {
    if (progress.isEmpty()) return;
    var runs = progress.keySet();
    var far = progress.values();
    stored(
        far.size(),
        jdbc.sql(
                """
                update task t
                set progress = n.last::jsonb,
                    timed_from = case when not n.changed and t.timed_from ->> 'phase' = n.phase
                                      then t.timed_from else n.first::jsonb end
                from unnest(:tasks::uuid[], :epochs::bigint[], :firsts::text[], :lasts::text[],
                            :phases::text[], :changed::boolean[])
                  as n (task, epoch, first, last, phase, changed)
                where t.id = n.task and t.epoch = n.epoch
                """)
            .param("tasks", ColumnArrays.uuids(runs, Run::task))
            .param("epochs", ColumnArrays.longs(runs, Run::epoch))
            .param("firsts", ColumnArrays.texts(far, one -> Json.write(one.first())))
            .param("lasts", ColumnArrays.texts(far, one -> Json.write(one.last())))
            .param("phases", ColumnArrays.texts(far, one -> one.last().phase()))
            .param("changed", far.stream().map(Far::changed).toArray(Boolean[]::new))
            .update());
  }

  /** Two are kept, so that one that turns out damaged does not cost the whole training. */
  private static void checkpoint(JdbcClient jdbc, Run run, TrainerEvent.Checkpoint checkpoint) {
    stored(
        1,
        jdbc.sql(
                """
                insert into checkpoint (team_id, task_id, step, files)
                select team_id, id, :step, :files::jsonb from task
                where id = :task and epoch = :epoch
                on conflict (task_id, step) do update set files = excluded.files
                """)
            .param("task", run.task())
            .param("epoch", run.epoch())
            .param("step", checkpoint.step())
            .param("files", Json.write(checkpoint.files()))
            .update());
    jdbc.sql(
            """
            delete from checkpoint where task_id = :task and step not in
              (select step from checkpoint where task_id = :task order by step desc limit 2)
            """)
        .param("task", run.task())
        .update();
    jdbc.sql(
            """
            update task set losses = 0, saved_at = clock_timestamp()
            where id = :task and epoch = :epoch
            """)
        .param("task", run.task())
        .param("epoch", run.epoch())
        .update();
  }

  /** Under a lease's lock its epoch is the task's; whatever else it is, it is not written to. */
  private static void stored(int expected, int rows) {
    if (rows != expected) {
      throw new IllegalStateException(
          "%d of %d rows are of tasks that are not at the epochs of their leases any more"
              .formatted(expected - rows, expected));
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

  private void collect(Run run, TrainerEvent.Metrics metrics) {
    for (var point : metrics.points()) {
      points.put(
          new Key(run, Printable.line(point.name(), MOST_CHARACTERS_OF_NAME), metrics.step()),
          new Value(point.value(), metrics.at()));
    }
  }

  private static String level(String level) {
    return LEVEL.matcher(level).matches() ? level : "INFO";
  }

  private static String text(TrainerEvent.Log log) {
    return Printable.line(log.text(), MOST_CHARACTERS);
  }
}
