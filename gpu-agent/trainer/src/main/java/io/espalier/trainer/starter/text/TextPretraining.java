package io.espalier.trainer.starter.text;

import io.espalier.models.family.Bert;
import io.espalier.models.family.BertPretraining;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Durable;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Outputs;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.starter.Length;
import io.espalier.trainer.starter.StarterFolder;
import io.espalier.trainer.text.WordPiece;
import io.espalier.trainer.weights.RandomWeights;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Teaches the starter English by filling in masked words. Given a number of steps, the result
 * depends on corpus and seed alone; given minutes, the rate falls with the time that is left.
 */
final class TextPretraining {

  private static final double RATE = 1.5e-3;
  private static final double LAST_SHARE_OF_RATE = 0.02;
  private static final int WARMUP = 100;
  private static final double DECAY = 0.05;
  private static final int REPORT_EVERY = 100;
  private static final int JUDGED_BATCHES = 40;

  private record Judgement(int words, double wordsRight, double pairsRight, double loss) {}

  private final long seed;
  private final PrintWriter out;
  private final long begin = System.nanoTime();

  TextPretraining(long seed, PrintWriter out) {
    this.seed = seed;
    this.out = out;
  }

  /** Finds the vocabulary, trains and writes the model folder. */
  void run(Path zip, Length length, Path folder) throws IOException {
    List<List<String>> books = Corpus.paragraphs(zip);
    WordPiece pieces = vocabulary(books);
    byte[] tokenizer = pieces.json();
    Corpus corpus = corpus(books, tokenizer);
    Bert bert = StarterBert.family();
    BertPretraining network = BertPretraining.of(bert);
    TrainingPlan plan = TrainingPlan.full().decaying(DECAY).withoutDecayOfVectors();
    try (TrainingSession session =
        TrainingSession.open(
            network,
            plan,
            Mode.TRAIN,
            AdamW.UNCLIPPED.clippedAt(1),
            first(corpus, bert, RandomWeights.of(network, network.graph(plan, Mode.EVAL), seed)))) {
      int steps = train(session, new MaskedPairs(corpus.train(), pieces, seed), length);
      Judgement judged = judge(session, new MaskedPairs(corpus.heldOut(), pieces, seed + 1));
      say(
          "held out: %.4f of the words, %.4f of the pairs, cross-entropy %.4f",
          judged.wordsRight(), judged.pairsRight(), judged.loss());
      StarterFolder.write(
          folder,
          session,
          Map.of(
              "config.json", StarterBert.config(),
              "tokenizer_config.json", StarterBert.tokenizerConfig()),
          BertCard.text(
              length.option(),
              steps,
              seed,
              corpus.tokens(),
              judged.words(),
              judged.wordsRight(),
              judged.pairsRight(),
              judged.loss()));
      Durable.write(folder.resolve("tokenizer.json"), tokenizer);
      say("wrote %s", folder);
    }
  }

  private TensorSource first(Corpus corpus, Bert bert, TensorSource random) {
    Tensor words = FirstWords.of(corpus.train(), bert.vocabulary(), bert.encoder().hidden(), seed);
    return new Overlay(Map.of("bert.embeddings.word_embeddings.weight", words), random);
  }

  private WordPiece vocabulary(List<List<String>> books) {
    var training = new WordPieceTraining();
    books.forEach(book -> book.forEach(training::read));
    WordPiece pieces = training.vocabulary(StarterBert.VOCABULARY);
    say("%d pieces from %d words", pieces.vocabulary().size(), training.words());
    return pieces;
  }

  private Corpus corpus(List<List<String>> books, byte[] json) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.bare(json)) {
      Corpus corpus = Corpus.of(books, tokenizer);
      say("%d tokens in %d books, %.0f s", corpus.tokens(), books.size(), seconds());
      return corpus;
    }
  }

  private int train(TrainingSession session, MaskedPairs pairs, Length length) {
    double from = seconds();
    say("first step after %.0f s", from);
    double sum = 0;
    CompletableFuture<Batch> next = CompletableFuture.supplyAsync(() -> pairs.batch(0));
    int step = 0;
    for (double share = 0; share < 1; share = length.share(step, seconds() - from)) {
      Batch batch = next.join();
      int following = step + 1;
      next = CompletableFuture.supplyAsync(() -> pairs.batch(following));
      TrainingSession.Step result = session.step(batch, rate(step, share), seed + step);
      if (!result.isFinite()) {
        throw new IllegalStateException("step %d left the finite numbers".formatted(step));
      }
      sum += result.loss();
      step++;
      if (step % REPORT_EVERY == 0) {
        say("step %d: loss %.4f, %.0f s", step, sum / REPORT_EVERY, seconds() - from);
        sum = 0;
      }
    }
    return step;
  }

  /** Up linearly, then down linearly to a fiftieth. */
  private static double rate(int step, double share) {
    double falling = LAST_SHARE_OF_RATE + (1 - LAST_SHARE_OF_RATE) * (1 - share);
    return RATE * Math.min(1, (step + 1.0) / WARMUP) * falling;
  }

  private static Judgement judge(TrainingSession session, MaskedPairs pairs) {
    int words = 0;
    int wordsRight = 0;
    int rows = 0;
    int pairsRight = 0;
    double loss = 0;
    for (int number = 0; number < JUDGED_BATCHES; number++) {
      Batch batch = pairs.batch(number);
      Outputs outputs = session.forward("evaluate", batch);
      wordsRight += right(outputs.tensor("logits"), batch.input("labels"));
      pairsRight += right(outputs.tensor("pair_logits"), batch.input("next_sentence_label"));
      words += Math.toIntExact(batch.targets());
      rows += Math.toIntExact(batch.input("next_sentence_label").elements());
      loss += outputs.tensor("word_loss").floats()[0];
    }
    return new Judgement(
        words, wordsRight / (double) words, pairsRight / (double) rows, loss / words);
  }

  private static int right(Tensor logits, Tensor labels) {
    float[] scores = logits.floats();
    long[] wanted = labels.longs();
    int width = scores.length / wanted.length;
    int right = 0;
    for (int row = 0; row < wanted.length; row++) {
      int best = 0;
      for (int i = 1; i < width; i++) {
        if (scores[row * width + i] > scores[row * width + best]) {
          best = i;
        }
      }
      right += best == wanted[row] ? 1 : 0;
    }
    return right;
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
