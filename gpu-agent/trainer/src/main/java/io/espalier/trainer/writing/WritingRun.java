package io.espalier.trainer.writing;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.BatchLayout;
import io.espalier.models.family.Decoder;
import io.espalier.models.family.Family;
import io.espalier.models.family.Network;
import io.espalier.models.family.T5;
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
import io.espalier.trainer.generation.Ends;
import io.espalier.trainer.generation.Generation;
import io.espalier.trainer.generation.Sampling;
import io.espalier.trainer.loop.LoopSettings;
import io.espalier.trainer.loop.MicroBatch;
import io.espalier.trainer.loop.Outcome;
import io.espalier.trainer.loop.Prefetch;
import io.espalier.trainer.loop.Progress;
import io.espalier.trainer.loop.RelativeGradients;
import io.espalier.trainer.loop.Replicas;
import io.espalier.trainer.loop.TrainingLoop;
import io.espalier.trainer.template.ChatTemplate;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleBiFunction;

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
   * @param memory bytes for this process, where it is known
   */
  public record Equipment(Optional<Path> adapter, Replicas replicas, OptionalLong memory) {
    public static final Equipment PLAIN =
        new Equipment(Optional.empty(), Replicas.ALONE, OptionalLong.empty());
  }

  /** A question with the answer that was wanted, and those that were given. */
  public record Answer(String question, String wanted, String before, String after) {}

  /** Means over the answered questions, with the intervals that 95 % of resamples lie in. */
  public record Means(double before, double after, double afterLow, double afterHigh) {}

  /**
   * @param perplexityBefore on the test split, with the interval of the mean over its batches
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

  private record Parts(
      List<Passage> train, List<Passage> validation, List<Passage> test, List<String> wanted) {}

  /**
   * Throws {@link Refused} where the model, the texts or the two together cannot be used. Empty for
   * one of several processes that is not the first: it only trains.
   */
  public Optional<Result> run(Progress progress) throws IOException {
    try (var arena = Arena.ofShared();
        var tokenizer = Tokenizer.bare(TokenizerFiles.json(folder))) {
      var model = ModelFolder.read(folder, arena);
      var family = model.family();
      var passages = new Passages(tokenizer, ChatTemplate.in(folder), endToken(model, tokenizer));
      var source = Source.read(data, test);
      var parts = parts(source, passages, family);
      var layout = layout(source, family);
      var network = network(family, layout);
      var settings = training.settings();
      var batches =
          new WritingBatches(
              layout,
              parts.train(),
              parts.validation(),
              settings.batching().batchSize(),
              settings.seed());
      var tests =
          new WritingBatches(
              layout, parts.test(), parts.test(), settings.batching().batchSize(), 0);
      var questions = questions(parts, source);
      var plan = Protocols.plan(training, family);
      var start = start(model, plan, arena);
      if (!equipment.replicas().isFirst()) {
        follow(network, plan, start, batches);
        return Optional.empty();
      }

      var before = judge(network, plan, start, tests, questions, family, model);
      var best = train(network, plan, start, batches, progress);
      var trained = Overlay.of(Safetensors.open(best, arena), start);
      var after = judge(network, plan, trained, tests, questions, family, model);
      double difference = export(network, layout, model, plan, trained, tests, arena);
      return Optional.of(result(tokenizer, parts, questions, before, after, difference));
    }
  }

  /** What a model knows of the test split, and how it answers. */
  private record Judged(List<Double> losses, List<Long> tokens, List<int[]> answers) {
    double mean() {
      double sum = 0;
      long all = 0;
      for (int i = 0; i < losses.size(); i++) {
        sum += losses.get(i);
        all += tokens.get(i);
      }
      return sum / all;
    }
  }

  private Judged judge(
      Network network,
      TrainingPlan plan,
      TensorSource weights,
      WritingBatches tests,
      List<int[]> questions,
      Family family,
      ModelFolder model)
      throws IOException {
    try (var session =
        TrainingSession.open(
            network, plan, Mode.EVAL, Protocols.optimizer(training.settings()), weights)) {
      var losses = new ArrayList<Double>();
      var tokens = new ArrayList<Long>();
      for (int i = 0; i < tests.validationBatches(); i++) {
        var batch = tests.validation(i);
        losses.add(session.forward("loss", batch).lossSum());
        tokens.add(batch.targets());
      }
      var generation =
          new Generation(session, family, Sampling.GREEDY, Ends.of(model.config()), longest);
      return new Judged(losses, tokens, generation.answers(questions, 0));
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
      int share = Math.ceilDiv(settings.batching().batchSize(), equipment.replicas().count());
      var symbols = Map.of("B", 1L, "T", (long) length, "S", (long) length);
      var atOnce =
          MicroBatch.of(
              settings.batching(), share, session.graph(), Device.CPU, symbols, equipment.memory());
      return new TrainingLoop(
              session,
              prefetch,
              LoopSettings.of(settings).ratedBy(rates),
              work,
              progress,
              () -> false,
              atOnce.samples(),
              equipment.replicas())
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

  private static Optional<String> endToken(ModelFolder model, Tokenizer tokenizer) {
    return Ends.of(model.config()).stream()
        .findFirst()
        .map(id -> tokenizer.decode(new long[] {id}, false))
        .filter(text -> !text.isBlank());
  }

  private Parts parts(Source source, Passages passages, Family family) {
    return switch (source) {
      case Source.Running(var train, var validation, var held) -> {
        if (family instanceof T5)
          throw refused("a running text", "conversations: a .jsonl of questions and answers");
        yield new Parts(
            some(passages.windows(train, length)),
            some(passages.windows(validation, length)),
            some(passages.windows(held, length)),
            List.of());
      }
      case Source.Conversations conversations ->
          new Parts(
              some(read(conversations.train(), passages)),
              some(read(conversations.validation(), passages)),
              some(read(conversations.test(), passages)),
              conversations.test().stream().map(one -> one.getLast().content()).toList());
    };
  }

  /** Cut to the length of a row; what has nothing left to tell is left out. */
  private List<Passage> read(List<List<ChatTemplate.Message>> conversations, Passages passages) {
    return conversations.stream().map(passages::conversation).map(one -> one.cut(length)).toList();
  }

  private List<Passage> some(List<Passage> passages) {
    var told = passages.stream().filter(passage -> passage.toldTokens() > 0).toList();
    if (told.isEmpty())
      throw refused("no text of " + length + " tokens in a part", "longer texts, or --length");
    return told;
  }

  private static Refused refused(String found, String limit) {
    return new Refused(
        Problem.of(
                "texts-do-not-fit",
                Category.INVALID,
                "data",
                "The model cannot learn from these texts.",
                "Bring other texts, or choose another model.")
            .found(found)
            .allowed(limit));
  }

  private Layout layout(Source source, Family family) throws IOException {
    int filler = TokenizerFiles.padding(folder);
    if (family instanceof T5 t5) return new Layout.Pairs(t5.padding());
    return source instanceof Source.Running
        ? new Layout.Windows()
        : new Layout.Packed(length, filler);
  }

  private static Network network(Family family, Layout layout) {
    return family instanceof Decoder decoder && layout instanceof Layout.Packed
        ? decoder.laidOut(BatchLayout.PACKED)
        : family;
  }

  /** The first of the test split; of a running text, beginnings that it goes on with. */
  private List<int[]> questions(Parts parts, Source source) {
    return parts.test().stream()
        .limit(shown)
        .map(passage -> source instanceof Source.Running ? beginning(passage) : passage.prompt())
        .toList();
  }

  private static int[] beginning(Passage window) {
    var ids = new int[Math.max(1, window.length() / 4)];
    Arrays.setAll(ids, window::id);
    return ids;
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
            logits(network(loaded.family(), layout), weights, batch, TrainingPlan.nothing()));
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

  private Result result(
      Tokenizer tokenizer,
      Parts parts,
      List<int[]> questions,
      Judged before,
      Judged after,
      double difference) {
    var perBatch = new double[after.losses().size()];
    for (int i = 0; i < perBatch.length; i++)
      perBatch[i] = after.losses().get(i) / after.tokens().get(i);
    var interval = Scores.mean(perBatch);
    var wanted = new ArrayList<String>();
    for (int i = 0; i < questions.size(); i++)
      wanted.add(parts.wanted().isEmpty() ? "" : text(tokenizer, parts.test().get(i).answer()));
    var first = before.answers().stream().map(ids -> text(tokenizer, ids)).toList();
    var then = after.answers().stream().map(ids -> text(tokenizer, ids)).toList();
    var answers = new ArrayList<Answer>();
    for (int i = 0; i < questions.size(); i++)
      answers.add(
          new Answer(text(tokenizer, questions.get(i)), wanted.get(i), first.get(i), then.get(i)));
    boolean scored = !parts.wanted().isEmpty() && !answers.isEmpty();
    return new Result(
        Math.exp(before.mean()),
        Math.exp(after.mean()),
        Math.exp(interval.low()),
        Math.exp(interval.high()),
        after.tokens().stream().mapToLong(Long::longValue).sum(),
        scored ? Optional.of(means(first, then, wanted, Scores::exactMatch)) : Optional.empty(),
        scored ? Optional.of(means(first, then, wanted, Scores::rougeL)) : Optional.empty(),
        answers,
        difference);
  }

  private static Means means(
      List<String> before,
      List<String> after,
      List<String> wanted,
      ToDoubleBiFunction<String, String> score) {
    var now = Scores.mean(after, wanted, score);
    return new Means(
        Scores.mean(before, wanted, score).value(), now.value(), now.low(), now.high());
  }

  private static String text(Tokenizer tokenizer, int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true).strip();
  }
}
