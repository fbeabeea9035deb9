package io.espalier.trainer.starter;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.RandomWeights;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Teaches the starter to tell drawn images apart. Every image is new, so it cannot learn them by
 * heart; step n of a seed sees the same images wherever it runs.
 */
final class Pretraining {

  private static final int BATCH = 64;
  private static final double RATE = 1.5e-3;
  private static final double LAST_SHARE_OF_RATE = 0.02;
  private static final int WARMUP = 100;
  private static final double DECAY = 0.05;
  private static final double SMOOTHING = 0.1;
  private static final int TIMED_STEPS = 20;
  private static final int REPORT_EVERY = 100;
  private static final int HELD_OUT = 2048;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final DrawnImages images = new DrawnImages();
  private final ImagePreprocessing preprocessing =
      PreprocessorConfig.read(JSON.writeValueAsBytes(StarterModel.preprocessor()));
  private final long seed;
  private final PrintWriter out;

  Pretraining(long seed, PrintWriter out) {
    this.seed = seed;
    this.out = out;
  }

  /** Trains and writes the model folder. */
  void run(Length length, Path folder) throws IOException {
    Family family = StarterModel.family(images.classes());
    TrainingPlan plan =
        TrainingPlan.full().decaying(DECAY).withoutDecayOfVectors().smoothingLabels(SMOOTHING);
    try (TrainingSession session =
        TrainingSession.open(
            family,
            plan,
            Mode.TRAIN,
            AdamW.UNCLIPPED.clippedAt(1),
            new FirstWeights(
                RandomWeights.of(family, family.graph(plan, Mode.EVAL), seed), seed))) {
      int steps = train(session, length);
      double accuracy = heldOutAccuracy(session);
      say("accuracy on %d new images: %.4f", HELD_OUT, accuracy);
      write(session, folder, steps, accuracy);
    }
  }

  private int train(TrainingSession session, Length length) {
    int steps =
        switch (length) {
          case Length.Steps(int count) -> count;
          case Length.Minutes minutes -> Integer.MAX_VALUE;
        };
    long begin = System.nanoTime();
    double sum = 0;
    CompletableFuture<Batch> next = CompletableFuture.supplyAsync(() -> batch(0));
    for (int step = 0; step < steps; step++) {
      Batch batch = next.join();
      int following = step + 1;
      next = CompletableFuture.supplyAsync(() -> batch(following));
      if (step == TIMED_STEPS && length instanceof Length.Minutes(double minutes)) {
        double each = seconds(begin) / TIMED_STEPS;
        steps = Math.max(TIMED_STEPS + 1, (int) (60 * minutes / each));
        say("%.0f ms a step: %d steps in %.1f minutes", 1000 * each, steps, minutes);
      }
      double share = steps == Integer.MAX_VALUE ? 0 : (double) step / steps;
      TrainingSession.Step result = session.step(batch, rate(step, share), seed + step);
      if (!result.isFinite()) {
        throw new IllegalStateException("step %d left the finite numbers".formatted(step));
      }
      sum += result.loss();
      if ((step + 1) % REPORT_EVERY == 0) {
        say(
            "step %d of %d: loss %.4f, %.0f s",
            step + 1, steps, sum / REPORT_EVERY, seconds(begin));
        sum = 0;
      }
    }
    return steps;
  }

  /** Up linearly, then down along a cosine to a fiftieth. */
  private static double rate(int step, double share) {
    double cosine = 0.5 + 0.5 * Math.cos(Math.PI * share);
    double falling = LAST_SHARE_OF_RATE + (1 - LAST_SHARE_OF_RATE) * cosine;
    return RATE * Math.min(1, (step + 1.0) / WARMUP) * falling;
  }

  private Batch batch(int step) {
    SplittableRandom random = new SplittableRandom(seed + step);
    int[] labels = new int[BATCH];
    List<RgbImage> drawn = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      labels[i] = random.nextInt(DrawnImages.CLASSES);
      drawn.add(images.draw(labels[i], (long) step * BATCH + i, StarterModel.SIDE));
    }
    return ImageSet.of(preprocessing, drawn, labels).all().batch();
  }

  /** Images with negative numbers, which training never draws. */
  private double heldOutAccuracy(TrainingSession session) {
    int right = 0;
    for (int from = 0; from < HELD_OUT; from += BATCH) {
      int count = Math.min(BATCH, HELD_OUT - from);
      int[] labels = new int[count];
      List<RgbImage> drawn = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        labels[i] = (from + i) % DrawnImages.CLASSES;
        drawn.add(images.draw(labels[i], -1L - from - i, StarterModel.SIDE));
      }
      Batch batch = ImageSet.of(preprocessing, drawn, labels).all().batch();
      float[] logits = session.forward("predict", batch).logits().floats();
      for (int i = 0; i < count; i++) {
        right += best(logits, i * DrawnImages.CLASSES) == labels[i] ? 1 : 0;
      }
    }
    return right / (double) HELD_OUT;
  }

  private static int best(float[] logits, int from) {
    int best = 0;
    for (int label = 1; label < DrawnImages.CLASSES; label++) {
      if (logits[from + label] > logits[from + best]) {
        best = label;
      }
    }
    return best;
  }

  private void write(TrainingSession session, Path folder, int steps, double accuracy)
      throws IOException {
    StarterFolder.write(
        folder,
        session,
        Map.of(
            "config.json",
            StarterModel.config(images.classes()),
            PreprocessorConfig.FILE_NAME,
            StarterModel.preprocessor()),
        StarterCard.text(steps, BATCH, seed, HELD_OUT, accuracy));
    say("wrote %s", folder);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
