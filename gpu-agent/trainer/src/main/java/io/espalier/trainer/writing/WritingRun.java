package io.espalier.trainer.writing;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Network;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.loop.AtOnce;
import io.espalier.trainer.loop.LoopSettings;
import io.espalier.trainer.loop.Outcome;
import io.espalier.trainer.loop.Prefetch;
import io.espalier.trainer.loop.Progress;
import io.espalier.trainer.loop.RelativeGradients;
import io.espalier.trainer.loop.Replicas;
import io.espalier.trainer.loop.TrainingLoop;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.metric.WrittenAnswers;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.Difference;
import io.espalier.trainer.weights.Export;
import io.espalier.trainer.weights.GoingOn;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.RandomWeights;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One training of a model that writes, from its folder and a file of texts to an exported model.
 *
 * @param folder of the base model
 * @param work for checkpoints
 * @param target where the exports go
 * @param length tokens of a window, or of a row of conversations
 * @param shown questions of the test split that are answered before and after
 * @param longest most tokens of such an answer
 * @param equipment what it runs with
 */
public record WritingRun(
    Path folder,
    Path data,
    Optional<Path> test,
    Path work,
    Path target,
    Training training,
    int length,
    int shown,
    int longest,
    Equipment equipment) {

  /**
   * What it runs with.
   *
   * @param adapter of an earlier training, which this one goes on from
   * @param memory bytes for all replicas, where it is known
   */
  public record Equipment(Optional<Path> adapter, Replicas replicas, OptionalLong memory) {
    public static final Equipment PLAIN =
        new Equipment(Optional.empty(), Replicas.ALONE, OptionalLong.empty());
  }

  /** Intervals are a function of the answers alone. */
  private static final long SEED = 1;

  /** A question with the answer that was wanted, and those that were given. */
  public record Answer(String question, String wanted, String before, String after) {}

  /** Means over the answered questions, with the intervals that 95 % of resamples lie in. */
  public record Means(double before, double after, double afterLow, double afterHigh) {}

  /**
   * @param perplexityBefore on the test split, with the interval of resampling its batches
   * @param tokens told tokens of the test split
   */
  public record Result(
      double perplexityBefore,
      double perplexityAfter,
      double perplexityLow,
      double perplexityHigh,
      long tokens,
      Optional<Means> exactMatch,
      Optional<Means> rougeL,
      List<Answer> answers,
      double reloadMaxDifference) {

    public Result {
      answers = List.copyOf(answers);
    }
  }

  /**
   * Throws {@link Refused} where the model, the texts or the two together cannot be used. Empty for
   * one of several processes that is not the first: it only trains.
   */
  public Optional<Result> run(Progress progress) throws IOException {
    try (var arena = Arena.ofShared();
        var tokenizer = Tokenizer.bare(TokenizerFiles.json(folder))) {
      var model = ModelFolder.read(folder, arena);
      var family = model.family();
      var material = Material.of(model, folder, Source.read(data, test), tokenizer, length, shown);
      var network = material.network();
      var settings = training.settings();
      var batches =
          new WritingBatches(
              material.layout(),
              material.train(),
              material.validation(),
              settings.batching().batchSize(),
              settings.seed());
      // Tested in the numbers that it is trained in; a device's own choice would be the smaller
      // ones.
      var plan = Protocols.plan(training.in(Precision.F32), family);
      var start = start(model, plan, arena);
      if (!equipment.replicas().isFirst()) {
        follow(network, plan, start, batches);
        return Optional.empty();
      }

      var before = examined(material, model, plan, start);
      var best = train(network, plan, start, batches, progress);
      var trained = Overlay.of(Safetensors.open(best, arena), start);
      var after = examined(material, model, plan, trained);
      var tests = material.tests();
      double difference = export(network, material.layout(), model, plan, trained, tests, arena);
      return Optional.of(result(tokenizer, material, before, after, difference));
    }
  }

  private Examination examined(
      Material material, ModelFolder model, TrainingPlan plan, TensorSource weights)
      throws IOException {
    try (var session =
        TrainingSession.open(
            material.network(),
            plan,
            Mode.EVAL,
            Protocols.optimizer(training.settings()),
            weights)) {
      return Examination.of(session, material, model, longest, (_, _) -> {});
    }
  }

  private Path train(
      Network network,
      TrainingPlan plan,
      TensorSource start,
      WritingBatches batches,
      Progress progress)
      throws IOException {
    return switch (loop(network, plan, start, batches, progress)) {
      case Outcome.Finished finished -> finished.bestWeights();
      case Outcome.Stopped(int step, Path _) ->
          throw new IllegalStateException("stopped at " + step);
      case Outcome.Followed(int step) -> throw new IllegalStateException("followed to " + step);
      case Outcome.Diverged(int step) -> throw diverged(step);
    };
  }

  private void follow(
      Network network, TrainingPlan plan, TensorSource start, WritingBatches batches)
      throws IOException {
    var outcome = loop(network, plan, start, batches, Progress.NONE);
    if (outcome instanceof Outcome.Diverged(int step)) throw diverged(step);
  }

  private Outcome loop(
      Network network,
      TrainingPlan equal,
      TensorSource start,
      WritingBatches batches,
      Progress progress)
      throws IOException {
    var settings = training.settings();
    var rates = RelativeGradients.asked(training, network, equal, start, batches, work);
    var plan = rates.isEmpty() ? equal : equal.ratedByDepth(rates);
    try (var session =
            TrainingSession.open(network, plan, Mode.TRAIN, Protocols.optimizer(settings), start);
        var prefetch = new Prefetch(batches)) {
      var replicas = equipment.replicas();
      var largest = Map.of("B", 1L, "T", (long) length, "S", (long) length);
      var atOnce =
          new AtOnce(
                  settings, replicas.count(), OptionalInt.empty(), Device.CPU, equipment.memory())
              .of(session.graph(), largest, work);
      return new TrainingLoop(
              session,
              prefetch,
              LoopSettings.of(settings).ratedBy(rates),
              work,
              progress,
              () -> false,
              atOnce.samples(),
              replicas)
          .run();
    }
  }

  private Refused diverged(int step) {
    return new Refused(
        Problem.of(
                "loss-not-finite",
                Category.DIVERGED,
                "learning_rate",
                "Training left the finite numbers at step " + step + ".",
                "Lower the learning rate, to a third for example.")
            .found(training.settings().schedule().learningRate()));
  }

  private TensorSource start(ModelFolder model, TrainingPlan plan, Arena arena) throws IOException {
    long seed = training.settings().seed();
    var family = model.family();
    if (training.protocol() == Protocol.FROM_SCRATCH)
      return RandomWeights.of(family, family.graph(plan, Mode.EVAL), seed);
    TensorSource stored = StartingWeights.of(model, family, model.labels(), plan, seed);
    var adapter = equipment.adapter();
    return adapter.isPresent()
        ? GoingOn.from(Adapter.read(adapter.get(), family, arena), stored, family, plan)
        : stored;
  }

  /** The largest difference of a logit between the model in memory and one that was loaded. */
  private double export(
      Network network,
      Layout layout,
      ModelFolder model,
      TrainingPlan plan,
      TensorSource trained,
      WritingBatches tests,
      Arena arena)
      throws IOException {
    var family = model.family();
    var merged = target.resolve("model");
    var adapter = target.resolve("adapter");
    Files.createDirectories(target);
    var batch = tests.validation(0);
    float[] wanted;
    try (var session =
        TrainingSession.open(
            network, plan, Mode.EVAL, Protocols.optimizer(training.settings()), trained)) {
      wanted = session.forward("predict", batch).logits().floats();
      var export = new Export(session, family);
      export.merged(merged, model, model.labels());
      if (training.protocol() == Protocol.LORA) export.adapter(adapter, "base-model");
    }
    var loaded = ModelFolder.read(merged, arena);
    var weights = StartingWeights.of(loaded, loaded.labels(), TrainingPlan.nothing(), 0);
    double difference =
        Difference.largest(
            wanted,
            logits(
                Material.network(loaded.family(), layout), weights, batch, TrainingPlan.nothing()));
    if (!Files.isDirectory(adapter)) return difference;
    var read = Adapter.read(adapter, family, arena);
    var adapted = read.plan();
    // Another seed than training had: what the adapter does not bring would show.
    var base = StartingWeights.of(model, model.labels(), adapted, training.settings().seed() + 1);
    return Math.max(
        difference,
        Difference.largest(
            wanted, logits(network, new Overlay(read.tensors(), base), batch, adapted)));
  }

  private float[] logits(Network network, TensorSource weights, Batch batch, TrainingPlan plan)
      throws IOException {
    try (var session =
        TrainingSession.open(
            network, plan, Mode.EVAL, Protocols.optimizer(training.settings()), weights)) {
      return session.forward("predict", batch).logits().floats();
    }
  }

  private static Result result(
      Tokenizer tokenizer,
      Material material,
      Examination before,
      Examination after,
      double difference) {
    var perplexity = after.losses().measure(Metric.PERPLEXITY, SEED);
    var wanted = material.wanted(tokenizer);
    var first = before.texts(tokenizer);
    var then = after.texts(tokenizer);
    var answers = new ArrayList<Answer>();
    for (int i = 0; i < wanted.size(); i++)
      answers.add(
          new Answer(material.question(tokenizer, i), wanted.get(i), first.get(i), then.get(i)));
    boolean scored = material.hasAnswers() && !answers.isEmpty();
    return new Result(
        before.losses().value(Metric.PERPLEXITY),
        perplexity.value(),
        perplexity.low(),
        perplexity.high(),
        after.losses().tokens(),
        scored ? Optional.of(means(Metric.EXACT_MATCH, first, then, wanted)) : Optional.empty(),
        scored ? Optional.of(means(Metric.ROUGE_L, first, then, wanted)) : Optional.empty(),
        answers,
        difference);
  }

  private static Means means(
      Metric metric, List<String> before, List<String> after, List<String> wanted) {
    var now = new WrittenAnswers(after, wanted).measure(metric, SEED);
    return new Means(
        new WrittenAnswers(before, wanted).value(metric), now.value(), now.low(), now.high());
  }
}
