package io.espalier.orchestrator.job;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.schedule.StartNeed;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether a submission may become a job: its model and data are visible to its team, and its cap
 * and the team's free budget can both pay for a start. Reads only.
 */
final class Admission {

  private final Ledger ledger;
  private final Terms terms;

  Admission(Ledger ledger, Terms terms) {
    this.ledger = ledger;
    this.terms = terms;
  }

  Preview preview(JdbcClient jdbc, Submission submission) {
    var inputs = inputs(jdbc, submission);
    var preflight = inputs.preflight(PoolRate.best(jdbc), submission.cap());
    var needed = needed(preflight);
    var free = ledger.ofTeam(jdbc, submission.team()).free();
    var obstacles = new ArrayList<Problem>();
    if (submission.name().isBlank() || submission.name().length() > 200) obstacles.add(name());
    if (submission.protocol() == Protocol.PARTIAL) obstacles.add(notOffered(submission.protocol()));
    if (needed.isMoreThan(submission.cap())) {
      obstacles.add(capTooSmall(submission.cap(), needed));
    }
    if (needed.isMoreThan(free)) obstacles.add(budgetTooSmall(submission.team(), free, needed));
    return new Preview(preflight, needed, free, List.copyOf(obstacles));
  }

  GpuTime profileNeed(Preview preview) {
    return StartNeed.profile(terms, preview.preflight());
  }

  /** Below this a job could not finish, or not even begin. */
  private GpuTime needed(Preflight preflight) {
    var start = StartNeed.profile(terms, preflight);
    return start.isMoreThan(preflight.minimum()) ? start : preflight.minimum();
  }

  private static JobFacts.Inputs inputs(JdbcClient jdbc, Submission submission) {
    record Counts(int train, int validation, int test) {}
    var facts =
        jdbc.sql(
                """
                select facts from base_model
                where id = :id and (team_id is null or team_id = :team)
                """)
            .param("id", submission.baseModelId())
            .param("team", submission.team())
            .query(String.class)
            .optional()
            .orElseThrow(() -> Absent.of("base model", submission.baseModelId()));
    var counts =
        jdbc.sql(
                """
                select train_samples, validation_samples, test_samples from dataset_version
                where id = :id and team_id = :team
                """)
            .param("id", submission.datasetVersionId())
            .param("team", submission.team())
            .query((row, _) ->
                new Counts(
                    row.getInt("train_samples"),
                    row.getInt("validation_samples"),
                    row.getInt("test_samples")))
            .optional()
            .orElseThrow(() -> Absent.of("dataset version", submission.datasetVersionId()));
    return new JobFacts.Inputs(
        Json.read(facts, ModelFacts.class), counts.train(), counts.validation(), counts.test());
  }

  private static Problem capTooSmall(GpuTime cap, GpuTime needed) {
    return Problem.of(
            "budget-too-small",
            Category.RESOURCES,
            "budget cap of the job",
            "The job's budget does not pay for start-up and the first results.",
            "Raise the job's cap to at least " + needed + ".")
        .found(cap)
        .allowed("at least " + needed);
  }

  private static Problem budgetTooSmall(UUID team, GpuTime free, GpuTime needed) {
    return Problem.of(
            "budget-too-small",
            Category.RESOURCES,
            "budget of team " + team,
            "The team's free budget does not pay for start-up and the first results.",
            "Ask an owner of the team or a platform admin for a credit.")
        .found(free)
        .allowed("at least " + needed);
  }

  private static Problem name() {
    return Problem.of(
            "name-length",
            Category.INVALID,
            "name",
            "A job has a name that people can find it by.",
            "Give it a name.")
        .allowed("1 to 200 characters");
  }

  private static Problem notOffered(Protocol protocol) {
    return Problem.of(
            "protocol-not-offered",
            Category.INVALID,
            "protocol",
            "This protocol cannot be asked for yet.",
            "Ask for another one, or let Espalier choose.")
        .found(protocol);
  }
}
