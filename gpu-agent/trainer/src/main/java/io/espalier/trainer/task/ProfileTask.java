package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Estimate;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.family.Family;
import io.espalier.models.family.Head;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Order;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.probe.CrossValidation;
import io.espalier.trainer.probe.Features;
import io.espalier.trainer.probe.NearestNeighbour;
import io.espalier.trainer.weights.RandomWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what the choice of a protocol needs: counts, how much the base model's features tell,
 * and how long a step takes. Sub-sampled to fit its budget; the test split is counted and hashed,
 * never decoded.
 */
final class ProfileTask {

  private static final int FOLDS = 5;
  private static final int MOST_PROBED = 600;
  private static final int FEWEST_PROBED = 60;
  private static final int MOST_TIMED_STEPS = 3;

  /** Of the budget, for the forward passes of the base model and its twin. */
  private static final double FEATURE_SHARE = 0.2;

  private final TaskContext context;
  private final TaskSpec.Profile work;
  private final long begin = System.nanoTime();

  ProfileTask(TaskContext context, TaskSpec.Profile work) {
    this.context = context;
    this.work = work;
  }

  TrainerEvent run(Arena arena) throws IOException, Stopped {
    BaseModel model = BaseModel.read(context.folder(), arena);
    try (DataSet data = context.data(model)) {
      requireClasses(data.question());
      Samples train = data.load(Split.TRAIN);
      Samples validation = data.load(Split.VALIDATION);
      List<String> classes = data.classes();
      Family family = TaskContext.family(model, classes);
      step("data read");

      TensorSource pretrained =
          TaskContext.startingWeights(
              model, classes, aTraining(Protocol.FULL), TrainingPlan.nothing());
      double perSample = secondsPerSample(family, pretrained, train);
      Selection sample = sample(train, classes.size(), perSample);
      Features known = features(family, pretrained, sample);
      TensorSource random =
          RandomWeights.of(family, family.graph(TrainingPlan.nothing(), Mode.EVAL), work.seed());
      Features twin = features(family, random, sample);
      step("features");

      Estimate pretrainedProbe = CrossValidation.accuracy(known, FOLDS, work.seed());
      stopIfOver();
      Estimate randomProbe = CrossValidation.accuracy(twin, FOLDS, work.seed());
      stopIfOver();
      double neighbour = NearestNeighbour.accuracy(known);
      step("probes");

      Map<Protocol, Double> steps = secondsPerStep(model, classes, train);
      step("steps timed");

      DatasetReport report = data.report();
      return new TrainerEvent.Profiled(
          context.events().now(),
          new DataProfile(
              classes,
              classes.stream().map(label -> count(report, Split.TRAIN, label)).toList(),
              train.size(),
              validation.size(),
              report.count(Split.TEST),
              report.copies().duplicateSamples(),
              report.copies().leakedTest(),
              validation.chance(classes.size()),
              pretrainedProbe,
              randomProbe,
              neighbour,
              sample.size(),
              work.batchSize(),
              perSample,
              steps,
              model.folder().family().graph(TrainingPlan.full(), Mode.EVAL).parameters().stream()
                  .mapToLong(parameter -> parameter.elements())
                  .sum(),
              warnings(data)));
    }
  }

  /** Protocols are chosen by how well classes are told apart. */
  private static void requireClasses(Question question) {
    if (question.head() instanceof Head.Classification(_, Head.Targets targets)
        && targets == Head.Targets.SINGLE_LABEL) {
      return;
    }
    throw new Refused(
        Problem.of(
                "data-has-no-classes",
                Category.INVALID,
                "dataset",
                "A protocol can only be chosen for data whose samples belong to one class each.",
                "Train on it with ops/trainer train, which takes the protocol from you.")
            .found(question.told())
            .allowed("classes"));
  }

  private void step(String done) throws Stopped {
    context
        .events()
        .info("profile: %s after %.1f s".formatted(done, (System.nanoTime() - begin) / 1e9));
    stopIfOver();
  }

  private void stopIfOver() throws Stopped {
    if (context.lease().isOver()) {
      throw new Stopped();
    }
  }

  private static int count(DatasetReport report, Split split, String label) {
    return report.counts().getOrDefault(split, Map.of()).getOrDefault(label, 0);
  }

  private static List<String> warnings(DataSet data) {
    DatasetReport report = data.report();
    List<String> warnings = new ArrayList<>();
    if (!report.problems().isEmpty()) {
      warnings.add(
          "%d %s are left out, the first: %s"
              .formatted(
                  report.problemCount(), data.noun(), report.problems().getFirst().sentence()));
    }
    if (!report.copies().conflicting().isEmpty()) {
      warnings.add(
          "%d contents occur under more than one class, the first: %s"
              .formatted(
                  report.copies().conflictingContents(), report.copies().conflicting().getFirst()));
    }
    if (report.copies().leakedTest() > 0) {
      warnings.add(
          "%d test %s are among the training data too; those copies are not trained on"
              .formatted(report.copies().leakedTest(), data.noun()));
    }
    if (!report.officialTest()) {
      warnings.add("there is no test split: a fifth of each class is kept for the test");
    }
    warnings.addAll(data.remarks());
    return warnings;
  }

  /** The second of two batches: the first one pays for warming up. */
  private double secondsPerSample(Family family, TensorSource weights, Samples train)
      throws IOException {
    try (TrainingSession session =
        TrainingSession.forInference(family, context.looking(family), weights)) {
      int[] some = new Order(train.size(), Math.min(64, train.size()), work.seed()).step(0);
      Batch batch = train.select(some).batch();
      session.forward("features", batch);
      long from = System.nanoTime();
      session.forward("features", batch);
      return (System.nanoTime() - from) / 1e9 / some.length;
    }
  }

  /** As many training samples as the budget allows, in equal numbers of each class where it can. */
  private Selection sample(Samples train, int classes, double perSample) {
    double affordable = FEATURE_SHARE * work.budgetMillis() / 1000 / (2 * perSample);
    int wanted = (int) Math.clamp(affordable, FEWEST_PROBED, MOST_PROBED);
    int perClass = Math.max(FOLDS, wanted / classes);
    int[] labels = train.labels();
    int[] taken = new int[classes];
    List<Integer> chosen = new ArrayList<>();
    for (int index : new Order(train.size(), train.size(), work.seed()).step(0)) {
      if (taken[labels[index]]++ < perClass) {
        chosen.add(index);
      }
    }
    return train.select(chosen.stream().mapToInt(index -> index).toArray());
  }

  private Features features(Family family, TensorSource weights, Selection sample)
      throws IOException, Stopped {
    try (TrainingSession session =
        TrainingSession.forInference(family, context.looking(family), weights)) {
      return new Extraction(session, context.lease()).features(sample, family.labels());
    }
  }

  /** Median of a few steps of each protocol; a protocol for which no time is left has no entry. */
  private Map<Protocol, Double> secondsPerStep(BaseModel model, List<String> classes, Samples train)
      throws IOException, Stopped {
    Map<Protocol, Double> seconds = new EnumMap<>(Protocol.class);
    List<Protocol> order = new ArrayList<>(work.protocols());
    order.remove(Protocol.LINEAR_PROBE);
    // What is not timed is assumed to cost what FULL does, so that one comes first.
    if (order.remove(Protocol.FULL)) {
      order.addFirst(Protocol.FULL);
    }
    for (Protocol protocol : order) {
      stopIfOver();
      if (!seconds.isEmpty() && spentMillis() > work.budgetMillis()) {
        break;
      }
      seconds.put(protocol, timed(model, classes, train, aTraining(protocol)));
    }
    return seconds;
  }

  private double timed(BaseModel model, List<String> classes, Samples train, Training training)
      throws IOException {
    Family family = TaskContext.family(model, classes);
    TrainingPlan plan = Protocols.plan(context.settled(training, family), family);
    TrainingBatches batches =
        new TrainingBatches(train.changed(), train, Metric.ACCURACY, work.batchSize(), work.seed());
    try (TrainingSession session =
        TrainingSession.open(
            family,
            plan,
            Mode.TRAIN,
            Protocols.optimizer(training.settings()),
            TaskContext.startingWeights(model, classes, training, plan))) {
      session.step(batches.training(1), 0, work.seed());
      List<Double> times = new ArrayList<>();
      for (int step = 2; step < 2 + MOST_TIMED_STEPS; step++) {
        long from = System.nanoTime();
        session.step(batches.training(step), 0, work.seed());
        times.add((System.nanoTime() - from) / 1e9);
        if (spentMillis() > work.budgetMillis()) {
          break;
        }
      }
      return times.stream().sorted().toList().get(times.size() / 2);
    }
  }

  private long spentMillis() {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  /** Settings matter for timing only in what they make the graph compute. */
  private Training aTraining(Protocol protocol) {
    var settings = Settings.of(Schedule.linear(1e-4, 0, 1), work.batchSize(), work.seed());
    return new Training(
        protocol,
        protocol == Protocol.LORA
            ? settings.with(Reach.DEFAULT.with(Adapters.ofRank(8)))
            : settings);
  }
}
