package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Modality;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.schedule.StartNeed;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether a submission may become a job: its model and data are visible to its team, and its cap
 * and the team's free budget can both pay for a start. Reads only.
 */
final class Admission {

  private final Terms terms;

  Admission(Terms terms) {
    this.terms = terms;
  }

  /**
   * What a submission meets.
   *
   * @param rate of the best slots, in FLOP/s
   * @param needed below this a job could not finish, or not even begin
   */
  record Admitted(
      Wanted wanted,
      double rate,
      Preflight preflight,
      GpuTime needed,
      GpuTime free,
      List<Problem> obstacles) {}

  Admitted examine(JdbcClient jdbc, Submission submission) {
    var wanted = wanted(jdbc, submission);
    var inputs = wanted.inputs();
    double rate = PoolRate.best(wanted.offered());
    var preflight = inputs.preflight(rate, submission.cap());
    var needed =
        needed(preflight)
            .times(Math.clamp(submission.scheduling().slots(), 1, Scheduling.MOST_SLOTS));
    var price = wanted.price();
    var free = wanted.balance().free().payable(price);
    var cap = payable(submission, price);
    var obstacles = new ArrayList<Problem>();
    if (submission.name().isBlank() || submission.name().length() > 200) obstacles.add(name());
    if (submission.protocol() == Protocol.PARTIAL) obstacles.add(notOffered(submission.protocol()));
    obstacles.addAll(submission.scheduling().obstacles(wanted.now()));
    obstacles.addAll(poolObstacles(jdbc, submission.scheduling()));
    var reads = Families.modality(inputs.model().family());
    var data = DataLayout.modality(wanted.layout());
    if (reads != data) obstacles.add(cannotRead(wanted, reads, data));
    if (!DataLayout.isOfOneClass(wanted.layout())) obstacles.add(noClasses(wanted));
    if (inputs.validation() == 0 || inputs.test() == 0) obstacles.add(tooFew(wanted));
    if (needed.isMoreThan(cap)) obstacles.add(capTooSmall(cap, needed));
    if (needed.isMoreThan(free)) obstacles.add(budgetTooSmall(submission.team(), free, needed));
    return new Admitted(wanted, rate, preflight, needed, free, List.copyOf(obstacles));
  }

  /** The GPU time that the job's own limits pay for. */
  private static GpuTime payable(Submission submission, Rate price) {
    var money = submission.money();
    return new Amount(submission.cap(), money == null ? Money.UNLIMITED : money).payable(price);
  }

  private static List<Problem> poolObstacles(JdbcClient jdbc, Scheduling scheduling) {
    if (scheduling.pool() == null) return List.of();
    var pools = jdbc.sql("select name from pool order by name").query(String.class).list();
    if (pools.contains(scheduling.pool())) return List.of();
    return List.of(
        Problem.of(
                "pool-unknown",
                Category.INVALID,
                "pool",
                "No agent has ever offered slots of this pool.",
                "Choose one of those that there are, or none for any.")
            .found(scheduling.pool())
            .allowed(String.join(", ", pools)));
  }

  /** The same, with what each protocol would cost: the model's graph is read for that. */
  Preview preview(JdbcClient jdbc, Submission submission) {
    var met = examine(jdbc, submission);
    var prospects =
        Prospects.of(
            family(jdbc, submission.baseModelId()),
            met.wanted().inputs(),
            met.preflight(),
            submission.cap(),
            met.rate(),
            Prospects.largestSlot(jdbc));
    return new Preview(met.preflight(), prospects, met.needed(), met.free(), met.obstacles());
  }

  GpuTime profileNeed(Admitted met) {
    return StartNeed.profile(terms, met.preflight());
  }

  /** Below this a job could not finish, or not even begin. */
  private GpuTime needed(Preflight preflight) {
    var start = StartNeed.profile(terms, preflight);
    return start.isMoreThan(preflight.minimum()) ? start : preflight.minimum();
  }

  /**
   * The model and the data that a submission names, and when they were looked up.
   *
   * @param model its name
   * @param balance of the team
   * @param offered pools with slots for use
   * @param price the lowest
   */
  record Wanted(
      String model,
      JobView.Named dataset,
      int datasetVersion,
      DataLayout layout,
      JobFacts.Inputs inputs,
      Balance balance,
      List<String> offered,
      Rate price,
      Instant now) {

    /** The data, for people. */
    String data() {
      return dataset.name() + " v" + datasetVersion;
    }
  }

  private static final String WANTED =
      """
      select m.name as model_name, m.facts, d.id, d.name, v.number, v.layout,
             v.train_samples, v.validation_samples, v.test_samples, now() as now,
             %s as offered, %s as price, %s
      from (select :model::uuid as model, :version::uuid as version, :team::uuid as team) named
      left join base_model m
        on m.id = named.model and (m.team_id is null or m.team_id = named.team)
      left join dataset_version v on v.id = named.version and v.team_id = named.team
      left join dataset d on d.id = v.dataset_id
      left join budget_account a on a.team_id = named.team and a.job_id is null
      """
          .formatted(PoolRate.OFFERED, Rates.CHEAPEST, Ledger.BALANCE);

  /** Either half of the row may be absent, and the answer says which. */
  private static Wanted wanted(JdbcClient jdbc, Submission submission) {
    return jdbc.sql(WANTED)
        .param("model", submission.baseModelId())
        .param("version", submission.datasetVersionId())
        .param("team", submission.team())
        .query((row, _) -> {
          var model = row.getString("model_name");
          if (model == null) throw Absent.of("base model", submission.baseModelId());
          var dataset = row.getString("name");
          if (dataset == null) throw Absent.of("dataset version", submission.datasetVersionId());
          return new Wanted(
              model,
              new JobView.Named(uuid(row, "id"), dataset),
              row.getInt("number"),
              Json.read(row.getString("layout"), DataLayout.class),
              new JobFacts.Inputs(
                  Json.read(row.getString("facts"), ModelFacts.class),
                  row.getInt("train_samples"),
                  row.getInt("validation_samples"),
                  row.getInt("test_samples")),
              Ledger.balance(row),
              List.of((String[]) row.getArray("offered").getArray()),
              new Rate(money(row, "price")),
              instant(row, "now"));
        })
        .single();
  }

  private static Family family(JdbcClient jdbc, UUID model) {
    var config =
        jdbc.sql("select config from base_model where id = :model")
            .param("model", model)
            .query(String.class)
            .single();
    return Families.of(ModelConfig.of(Json.read(config, ObjectNode.class)));
  }

  private static Problem cannotRead(Wanted wanted, Modality reads, Modality data) {
    return Problem.of(
            "data-not-readable",
            Category.INVALID,
            wanted.data(),
            "The model %s reads %s, and this data set is of %s."
                .formatted(wanted.model(), reads.plural(), data.plural()),
            "Choose a base model that reads %s, or a data set of %s."
                .formatted(data.plural(), reads.plural()))
        .found(data.plural())
        .allowed(reads.plural());
  }

  /**
   * A protocol is chosen by how well classes are told apart, and a result shown by what is right.
   */
  private static Problem noClasses(Wanted wanted) {
    return Problem.of(
            "data-has-no-classes",
            Category.INVALID,
            wanted.data(),
            "Jobs learn classes, and the samples of this data set do not belong to one class each.",
            "Register the table again with a column of classes, or train on it with ops/trainer"
                + " train.")
        .found("several classes, a number or tags for each sample")
        .allowed("one class for each sample");
  }

  private static Problem tooFew(Wanted wanted) {
    return Problem.of(
            "data-too-small",
            Category.INVALID,
            wanted.data(),
            "The data set is too small to validate and test what is trained on it.",
            "Add samples: a few of each class.")
        .found(
            "%d to validate on, %d to test on"
                .formatted(wanted.inputs().validation(), wanted.inputs().test()))
        .allowed("at least 1 of each");
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
