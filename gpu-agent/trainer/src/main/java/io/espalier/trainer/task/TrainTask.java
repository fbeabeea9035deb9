package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Unit;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.loop.AtOnce;
import io.espalier.trainer.loop.LoopSettings;
import io.espalier.trainer.loop.Metrics;
import io.espalier.trainer.loop.MicroBatch;
import io.espalier.trainer.loop.Outcome;
import io.espalier.trainer.loop.Prefetch;
import io.espalier.trainer.loop.RelativeGradients;
import io.espalier.trainer.loop.Replicas;
import io.espalier.trainer.loop.TrainingLoop;
import io.espalier.trainer.metric.Metric;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Trains by a protocol; the best weights on the validation split are its result. */
final class TrainTask {

  /** Name of the share of a training's time that its steps waited for data. */
  static final String WAITING = "train/data_wait_share";

  private final TaskContext context;
  private final TaskSpec.Train work;
  private final Training training;
  private final String engine;
  private final Replicas replicas;

  TrainTask(TaskContext context, TaskSpec.Train work, String engine, Replicas replicas) {
    this.context = context;
    this.work = work;
    this.training = work.training().checked();
    this.engine = engine;
    this.replicas = replicas;
  }

  TrainerEvent run(Arena arena) throws IOException, Stopped {
    BaseModel model = BaseModel.read(context.folder(), arena);
    int from = adoptCheckpoint();
    context.events().append(new TrainerEvent.Started(context.events().now(), engine, from));
    try (DataSet data = context.data(model)) {
      Samples train = data.open(Split.TRAIN);
      Samples validation = data.load(Split.VALIDATION);
      var told = new HashSet<Problem>();
      tellProblems(data, told);
      context
          .events()
          .info(
              "%d %s to train on, %d to validate, %s"
                  .formatted(train.size(), data.noun(), validation.size(), data.question().told()));
      data.remarks().forEach(context.events()::warn);
      Question question = data.question();
      Metric chosen = Objective.of(work.metric(), validation.targets());
      boolean fitted =
          training.protocol() == Protocol.LINEAR_PROBE && HeadFit.isFor(train.targets());
      TrainerEvent last =
          fitted
              ? new ProbeTraining(context, training, chosen).run(model, question, train, validation)
              : inUnits(model, question, chosen, train, validation, from > 0);
      tellProblems(data, told);
      return last;
    }
  }

  /** Some only show when a sample is read. */
  private void tellProblems(DataSet data, Set<Problem> told) {
    for (Problem problem : data.report().problems()) {
      if (told.add(problem)) context.events().warn(problem.sentence());
    }
  }

  /** Numbers are learned on a scale of their own. */
  private TrainerEvent inUnits(
      BaseModel model,
      Question question,
      Metric chosen,
      Samples train,
      Samples validation,
      boolean resumes)
      throws IOException, Stopped {
    Unit unit = NumbersLearned.unit(train);
    Outcome outcome =
        loop(
            model,
            question,
            chosen,
            NumbersLearned.in(unit, train),
            NumbersLearned.in(unit, validation),
            resumes);
    if (outcome instanceof Outcome.Finished finished) {
      NumbersLearned.unscale(finished.bestWeights(), TaskContext.family(model, question), unit);
    }
    return last(outcome);
  }

  private Outcome loop(
      BaseModel model,
      Question question,
      Metric metric,
      Samples train,
      Samples validation,
      boolean resumes)
      throws IOException, Stopped {
    Family family = TaskContext.family(model, question);
    Training settled = settled(family);
    context.events().info("computes in " + settled.settings().numerics().precision().told());
    TrainingPlan equal = Protocols.plan(settled, family);
    var settings = training.settings();
    var batches =
        new TrainingBatches(
            new TrainingView(context, training).of(model, question, train),
            validation,
            metric,
            settings.batching().batchSize(),
            settings.seed());
    TensorSource start =
        resumes || !replicas.isFirst()
            ? TaskContext.startingWeights(model, question, training, equal)
            : new FirstHead(context, training, metric)
                .start(model, question, train, validation, equal);
    var rates =
        RelativeGradients.asked(
            training, family, equal, start, batches, context.folder().checkpoints());
    TrainingPlan plan = equal;
    if (!rates.isEmpty()) {
      context.events().info("shares of the rate from the head downwards: " + told(rates));
      plan = equal.ratedByDepth(rates);
    }
    try (TrainingSession session =
            TrainingSession.open(family, plan, Mode.TRAIN, Protocols.optimizer(settings), start);
        Prefetch prefetch = new Prefetch(batches)) {
      Outcome outcome =
          new TrainingLoop(
                  session,
                  prefetch,
                  LoopSettings.of(settings).ratedBy(rates),
                  context.folder().checkpoints(),
                  new ReportedProgress(context, settings.schedule().maxSteps()),
                  context.lease()::isOver,
                  atOnce(family, session.graph(), train),
                  replicas)
              .run();
      tellWaiting(prefetch.waitingShare());
      return outcome;
    }
  }

  /** A training goes on in the numbers that it was begun in, on whatever device. */
  private Training settled(Family family) throws IOException {
    return TrainingLoop.begunWith(context.folder().checkpoints())
        .precision()
        .map(training::in)
        .orElseGet(() -> context.settled(training, family));
  }

  /** Where data come too slowly, a faster device would not train faster. */
  private void tellWaiting(double share) {
    var events = context.events();
    events.append(
        new TrainerEvent.Metrics(
            events.now(),
            training.settings().schedule().maxSteps(),
            List.of(new TrainerEvent.Point(WAITING, share))));
  }

  private static String told(SortedMap<Integer, Double> rates) {
    return rates.values().stream()
        .map(rate -> String.format(Locale.ROOT, "%.3f", rate))
        .collect(Collectors.joining(", "));
  }

  private int atOnce(Family family, Graph graph, Samples train) throws IOException {
    var device = context.device();
    var learned = work.microBatch();
    var atOnce =
        new AtOnce(
            training.settings(),
            replicas.count(),
            learned == null ? OptionalInt.empty() : OptionalInt.of(learned),
            device,
            memory(device));
    var largest = new HashMap<>(family.usualSample());
    train.largest().forEach(largest::replace);
    var found = atOnce.of(graph, largest, context.folder().checkpoints());
    if (found.samples() < atOnce.share()) {
      context
          .events()
          .info(
              "%d samples of %d at once, which need %s by the cost reading"
                  .formatted(found.samples(), atOnce.share(), found.predicted()));
    }
    return found.samples();
  }

  /** What the slot has, or the host could give. */
  private OptionalLong memory(Device device) throws IOException {
    var slot = work.memoryBytes();
    if (slot != null) return OptionalLong.of(slot);
    return device == Device.CPU ? MicroBatch.available() : OptionalLong.empty();
  }

  private TrainerEvent last(Outcome outcome) throws IOException {
    var now = context.events().now();
    return switch (outcome) {
      case Outcome.Finished(int steps, int bestStep, Metrics best, Path weights) ->
          new TrainerEvent.Trained(
              now, steps, bestStep, best.value(), List.of(context.folder().named(weights)));
      case Outcome.Stopped(int step, Path _) -> new TrainerEvent.Yielded(now, step);
      case Outcome.Followed(int step) -> new TrainerEvent.Yielded(now, step);
      case Outcome.Diverged(int step) ->
          new TrainerEvent.Failed(now, FailureReason.DIVERGED, diverged(step));
    };
  }

  private Problem diverged(int step) {
    return Problem.of(
            "loss-not-finite",
            Category.DIVERGED,
            "learning_rate",
            "Training left the finite numbers at step " + step + ".",
            "Lower the learning rate, to a third for example, and submit again.")
        .found(training.settings().schedule().learningRate());
  }

  /**
   * Puts a checkpoint from elsewhere where the loop looks for its own, and gives its step. One that
   * this folder already has is at least as new: it is from this very lease.
   */
  private int adoptCheckpoint() throws IOException {
    Path given = context.folder().checkpoint();
    Path loop = given.resolve("loop.json");
    if (!Files.isRegularFile(loop)) {
      return 0;
    }
    int step = StrictJson.object(loop).path("step").asInt();
    Path own = context.folder().checkpoints().resolve("step-%08d".formatted(step));
    if (!Files.exists(own)) {
      Path arriving = Files.createDirectories(own.resolveSibling("arriving-" + step));
      try (var files = Files.list(given)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = arriving.resolve(String.valueOf(file.getFileName()));
          Files.deleteIfExists(copy);
          Files.copy(file, copy);
        }
      }
      Files.move(arriving, own);
    }
    return step;
  }
}
