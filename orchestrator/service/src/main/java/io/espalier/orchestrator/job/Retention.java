package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.wire.Blob;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Lets go of what nobody needs any more. Jobs that ended long ago are thinned: their curves to the
 * shape that a page shows, their logs to the end and to what went wrong. Checkpoints of ended jobs
 * go sooner, and contents that nothing lists go with them. Result, decision, timeline, ledger and
 * artifacts stay as they are.
 */
public final class Retention {

  /** Of a series; its first, last, lowest and highest points are among them. */
  static final int KEPT_POINTS = 200;

  static final int KEPT_LINES = 500;

  /** Each in a transaction of its own, so that a beat never holds much for long. */
  private static final int MOST_JOBS = 100;

  private final Transactions transactions;
  private final BlobStore blobs;
  private final Duration inFull;
  private final Duration checkpoints;

  /**
   * {@code inFull}: for so long after the end of a job its curves and its log are kept; {@code
   * checkpoints}: and its checkpoints.
   */
  public Retention(
      Transactions transactions, BlobStore blobs, Duration inFull, Duration checkpoints) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.inFull = inFull;
    this.checkpoints = checkpoints;
  }

  /** How many jobs were thinned. */
  public int tick() {
    transactions.asPlanner(jdbc -> Checkpoints.forgetEnded(jdbc, checkpoints));
    for (var content : transactions.asPlanner(blobs::unlisted)) discard(content);
    var due = transactions.asPlanner(this::due);
    for (var job : due) transactions.asPlanner(jdbc -> thin(jdbc, job));
    return due.size();
  }

  /** Its row first: after a crash in between there is a file too many, and never one too few. */
  private void discard(Blob content) {
    transactions.asPlanner(jdbc -> blobs.unlist(jdbc, content));
    transactions.asPlanner(jdbc -> {
      blobs.discardUnlisted(jdbc, content);
      return true;
    });
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
