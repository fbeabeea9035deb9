package io.espalier.orchestrator.invariant;

import io.espalier.domain.job.JobState;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What docs/decisions and the schema promise of the stored state, checked against it. */
public final class Invariants {

  /** How the contents of checkpoints and artifacts are looked at. */
  public enum Contents {
    /** There is a file of that length. */
    MEASURED,
    /** Its bytes have that hash: as slow as reading all of them. */
    READ
  }

  /**
   * What one check came to.
   *
   * @param sentence what is wrong with the things, if there are any
   * @param things names of what was found; none if the invariant holds
   */
  public record Finding(String sentence, List<String> things) {
    public Finding {
      things = List.copyOf(things);
    }

    /** One for each thing. */
    public List<String> sentences() {
      return things.stream().map(thing -> sentence + ": " + thing).toList();
    }
  }

  private final Transactions transactions;
  private final BlobStore blobs;

  public Invariants(Transactions transactions, BlobStore blobs) {
    this.transactions = transactions;
    this.blobs = blobs;
  }

  /** Sentences, one for each violation; empty if everything holds. */
  public List<String> violations() {
    return check(Contents.MEASURED).stream().flatMap(found -> found.sentences().stream()).toList();
  }

  /**
   * What nobody has looked after for {@code patience}: to be asked of a platform that runs, once
   * faults have stopped for longer than that.
   */
  public List<Finding> stuck(Duration patience) {
    return transactions.asPlannerOnOneSnapshot(jdbc ->
        Check.ALIVE.stream()
            .map(check ->
                new Finding(
                    check.sentence(),
                    jdbc.sql(check.query())
                        .param("patience", patience.toMillis())
                        .query((row, _) -> row.getString(1))
                        .list()))
            .toList());
  }

  /** Which of these submissions, acknowledged to somebody, are not there any more. */
  public Finding acknowledged(Collection<UUID> jobs) {
    return transactions.asPlannerOnOneSnapshot(jdbc ->
        new Finding(
            "an acknowledged submission is lost",
            jdbc.sql(
                    """
                    select a.id::text from unnest(:jobs::uuid[]) as a (id)
                    where not exists (select 1 from job j where j.id = a.id)
                    """)
                .param("jobs", jobs.toArray(UUID[]::new))
                .query((row, _) -> row.getString(1))
                .list()));
  }

  /** All checks on one state of the database, in a fixed order. */
  public List<Finding> check(Contents contents) {
    return transactions.asPlannerOnOneSnapshot(jdbc -> {
      var found = new ArrayList<Finding>();
      for (var check : Check.ALL) found.add(new Finding(check.sentence(), names(jdbc, check)));
      found.add(new Finding("an illegal transition", illegalTransitions(jdbc)));
      found.add(new Finding("a reference crosses teams", ForeignKeys.acrossTeams(jdbc)));
      found.add(
          new Finding(
              "a listed file is not whole in the store",
              ListedContents.damaged(jdbc, blobs, contents)));
      return List.copyOf(found);
    });
  }

  private static List<String> names(JdbcClient jdbc, Check check) {
    return jdbc.sql(check.query()).query((row, _) -> row.getString(1)).list();
  }

  private static List<String> illegalTransitions(JdbcClient jdbc) {
    var illegal = new ArrayList<String>();
    jdbc.sql(
            """
            select distinct job_id, from_state, to_state from job_transition
            where from_state is not null order by job_id
            """)
        .query(row -> {
          var from = JobState.valueOf(row.getString("from_state"));
          var to = JobState.valueOf(row.getString("to_state"));
          if (!from.next().contains(to)) {
            illegal.add("job " + row.getString("job_id") + " from " + from + " to " + to);
          }
        });
    return illegal;
  }
}
