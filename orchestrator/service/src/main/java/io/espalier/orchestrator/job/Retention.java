package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.orchestrator.database.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Thins out what jobs have recorded that ended long ago: their curves to the shape that a page
 * shows, their logs to the end and to what went wrong. Result, decision, timeline, ledger and
 * artifacts stay as they are.
 */
public final class Retention {

  /** Of a series; its first, last, lowest and highest points are among them. */
  static final int KEPT_POINTS = 200;

  static final int KEPT_LINES = 500;

  /** Each in a transaction of its own, so that a beat never holds much for long. */
  private static final int MOST_JOBS = 100;

  private final Transactions transactions;
  private final Duration inFull;

  /** {@code inFull}: for so long after the end of a job everything is kept. */
  public Retention(Transactions transactions, Duration inFull) {
    this.transactions = transactions;
    this.inFull = inFull;
  }

  /** How many jobs were thinned. */
  public int tick() {
    var due = transactions.asPlanner(this::due);
    for (var job : due) transactions.asPlanner(jdbc -> thin(jdbc, job));
    return due.size();
  }

  private List<UUID> due(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select id from job
            where thinned_at is null and finished_at < now() - :full * interval '1 millisecond'
              and not exists (select from lease l where l.job_id = job.id and l.state = 'LIVE')
            order by finished_at, id limit :most
            """)
        .param("full", inFull.toMillis())
        .param("most", MOST_JOBS)
        .query((row, _) -> uuid(row, "id"))
        .list();
  }

  private static boolean thin(JdbcClient jdbc, UUID job) {
    thinCurves(jdbc, job);
    thinLog(jdbc, job);
    return jdbc.sql("update job set thinned_at = now() where id = :job and thinned_at is null")
            .param("job", job)
            .update()
        > 0;
  }

  private static void thinCurves(JdbcClient jdbc, UUID job) {
    jdbc.sql(
            """
            with numbered as (
              select name, step, value,
                     row_number() over (partition by name order by step) as i,
                     count(*) over (partition by name) as n
              from metric where job_id = :job
            ), ranked as (
              select name, step, i, n,
                     row_number() over (stretch order by value, step) as low,
                     row_number() over (stretch order by value desc, step desc) as high
              from numbered
              window stretch as (partition by name, (i - 1) * (:kept / 2 - 1) / n)
            )
            delete from metric m using ranked r
            where m.job_id = :job and m.name = r.name and m.step = r.step
              and r.n > :kept and r.low > 1 and r.high > 1 and r.i > 1 and r.i < r.n
            """)
        .param("job", job)
        .param("kept", KEPT_POINTS)
        .update();
  }

  private static void thinLog(JdbcClient jdbc, UUID job) {
    jdbc.sql(
            """
            delete from log_line
            where job_id = :job and level = 'INFO' and id not in (
              select id from log_line where job_id = :job order by id desc limit :kept)
            """)
        .param("job", job)
        .param("kept", KEPT_LINES)
        .update();
  }
}
