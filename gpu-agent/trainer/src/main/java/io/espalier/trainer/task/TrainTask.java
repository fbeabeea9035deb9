package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.TextSet;
import io.espalier.trainer.data.Unit;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.loop.LoopSettings;
import io.espalier.trainer.loop.Metrics;
import io.espalier.trainer.loop.Outcome;
import io.espalier.trainer.loop.Prefetch;
import io.espalier.trainer.loop.TrainingLoop;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Trains by a protocol; the best weights on the validation split are its result. */
final class TrainTask {

  /** Name of the share of a training's time that its steps waited for data. */
  static final String WAITING = "train/data_wait_share";

  private final TaskContext context;
  private final Training training;
  private final int atOnce;
  private final @Nullable String metric;
  private final String engine;

  TrainTask(TaskContext context, TaskSpec.Train work, String engine) {
    this.context = context;
    this.training = work.training();
    this.atOnce = work.microBatch() == null ? Integer.MAX_VALUE : work.microBatch();
    this.metric = work.metric();
    this.engine = engine;
  }

  TrainerEvent run(Arena arena) throws IOException, Stopped {
    BaseModel model = BaseModel.read(context.folder().model(), arena);
    int from = adoptCheckpoint();
    context.events().append(new TrainerEvent.Started(context.events().now(), engine, from));
    try (DataSet data = context.data(model)) {
      Samples train = data.load(Split.TRAIN);
      Samples validation = data.load(Split.VALIDATION);
      data.report().problems().forEach(problem -> context.events().warn(problem.sentence()));
      context
          .events()
          .info(
              "%d %s to train on, %d to validate, %s"
                  .formatted(train.size(), data.noun(), validation.size(), data.question().told()));
      data.remarks().forEach(context.events()::warn);
      Question question = data.question();
      Metric chosen = Objective.of(metric, validation.targets());
      boolean fitted =
          training.protocol() == Protocol.LINEAR_PROBE && HeadFit.isFor(train.targets());
      return fitted
          ? new ProbeTraining(context, training, chosen).run(model, question, train, validation)
          : inUnits(model, question, chosen, train, validation, from > 0);
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
    TrainingPlan plan = Protocols.plan(training, family);
    var settings = training.settings();
    var batches =
        new TrainingBatches(
            changed(model, question.classes(), train),
            validation,
            metric,
            settings.batching().batchSize(),
            settings.seed());
    try (TrainingSession session =
            TrainingSession.open(
                family,
                plan,
                Mode.TRAIN,
                Protocols.optimizer(settings),
                start(model, question, metric, train, validation, plan, resumes));
        Prefetch prefetch = new Prefetch(batches)) {
      Outcome outcome =
          new TrainingLoop(
                  session,
                  prefetch,
                  LoopSettings.of(settings),
                  context.folder().checkpoints(),
                  new ReportedProgress(context, settings.schedule().maxSteps()),
                  context.lease()::isOver,
                  atOnce)
              .run();
      tellWaiting(prefetch.waitingShare());
      return outcome;
    }
  }

  /**
   * Where the backbone was trained before, the head starts as the best linear one on its features:
   * a random head would first pull the features out of shape (Kumar et al. 2022, arXiv:2202.10054).
   */
  private TensorSource start(
      BaseModel model,
      Question question,
      Metric metric,
      Samples train,
      Samples validation,
      TrainingPlan plan,
      boolean resumes)
      throws IOException, Stopped {
    TensorSource start = TaskContext.startingWeights(model, question, training, plan);
    tellAnew(start);
    if (resumes || training.protocol() == Protocol.FROM_SCRATCH) {
      return start;
    }
    var head = new HeadFit(context, training, metric).gentle(model, question, train, validation);
    if (head.isEmpty()) {
      context.events().info("the head starts anew: the features tell too little of the classes");
      return start;
    }
    context
        .events()
        .info(
            "the head starts from a linear probe: validation %s %.4f"
                .formatted(metric.label(), head.get().validation()));
    return new Overlay(head.get().tensors(), start);
  }

  /** What of the base model is not used, and what of it is made up. */
  private void tellAnew(TensorSource start) {
    if (!(start instanceof StartingWeights weights)) return;
    if (!weights.begunAnew().isEmpty())
      context.events().info("begins anew: " + String.join(", ", weights.begunAnew()));
    if (!weights.unused().isEmpty())
      context
          .events()
          .info(
              "%d tensors of the base model are not used, such as %s"
                  .formatted(weights.unused().size(), weights.unused().getFirst()));
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

  /** Changing a word may change what a text says, so texts stay as they are. */
  private Samples changed(BaseModel model, List<String> classes, Samples train)
      throws IOException, Stopped {
    return switch (train) {
      case ImageSet images
          when training.settings().regularisation().augmentation() instanceof Augmentation.Gentle ->
          images.changedBy(new AugmentationChoice(context, training).of(model, classes, images));
      case ImageSet images -> images;
      case TextSet texts -> texts;
    };
  }

  private TrainerEvent last(Outcome outcome) throws IOException {
    var now = context.events().now();
    return switch (outcome) {
      case Outcome.Finished(int steps, int bestStep, Metrics best, Path weights) ->
          new TrainerEvent.Trained(
              now, steps, bestStep, best.value(), List.of(context.folder().named(weights)));
      case Outcome.Stopped(int step, Path _) -> new TrainerEvent.Yielded(now, step);
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
