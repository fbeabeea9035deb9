package io.espalier.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.Augmentation.Flips;
import io.espalier.domain.protocol.Augmentation.Strong;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Regularisation;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.graph.Mode;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Whole trainings against transformers and PEFT, step by step: {@code losses/cases.py}. */
class GoldenLossTest {

  private static final int STEPS = 12;
  private static final double PEAK = 2e-3;
  private static final int ROWS = 4;
  private static final int CLASSES = 5;

  @TempDir Path folder;

  record Case(String name, String model, Training training, IntFunction<Batch> batches) {}

  static Stream<Arguments> cases() {
    var adamw = Optimization.ADAMW.decaying(0.05);
    var plain =
        Settings.of(Schedule.linear(PEAK, 3, STEPS), ROWS, 1)
            .with(Numerics.F32)
            .with(adamw)
            .with(new Looks(STEPS, STEPS, 0))
            .with(new Regularisation(0, new Augmentation.None()));
    var momentum =
        plain
            .with(Schedule.cosine(PEAK, 0, STEPS))
            .with(new Optimization(new Optimization.Sgd(0.9, true), 0.05, 1));
    var smoothed = new Regularisation(0.1, new Augmentation.None());
    var mixed = new Regularisation(0.1, new Strong(1, Flips.NEVER, 0, 0, 0.2, 0));
    var lora = new Adapters(4, 8, 0, true, List.of("query", "value"), List.of("classifier"));
    return Stream.of(
            new Case(
                "vit adamw linear",
                "vit",
                new Training(Protocol.FULL, plain.with(smoothed)),
                GoldenLossTest::images),
            new Case(
                "vit sgd cosine",
                "vit",
                new Training(Protocol.FULL, momentum),
                GoldenLossTest::images),
            new Case(
                "resnet sgd cosine",
                "resnet",
                new Training(Protocol.FULL, momentum),
                step -> images(step, 4)),
            new Case(
                "vit adamw mixed",
                "vit",
                new Training(
                    Protocol.FULL,
                    plain.with(new Schedule(PEAK, 2, STEPS, 4, Schedule.Decay.LINEAR)).with(mixed)),
                GoldenLossTest::mixtures),
            new Case(
                "vit lora",
                "vit",
                new Training(
                    Protocol.LORA,
                    plain.with(Schedule.constant(PEAK, 2, STEPS)).with(Reach.DEFAULT.with(lora))),
                GoldenLossTest::images),
            new Case(
                "gpt2 adamw constant",
                "gpt2",
                new Training(Protocol.FULL, plain.with(Schedule.constant(PEAK, 3, STEPS))),
                GoldenLossTest::texts))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void losesWhatTheReferenceLoses(Case one) throws IOException {
    var wanted =
        new JsonMapper()
            .readTree(Files.readAllBytes(Path.of("src/test/resources/losses/cases.json")))
            .get(one.name())
            .valueStream()
            .map(number -> number.asDouble())
            .toList();
    var found = losses(one);
    assertThat(found).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++)
      assertThat(found.get(step))
          .as("step " + (step + 1))
          .isCloseTo(wanted.get(step), within(2e-4));
  }

  private List<Double> losses(Case one) throws IOException {
    var heard = new ArrayList<Double>();
    try (var arena = Arena.ofShared()) {
      var model = ModelFolder.read(Golden.folder(one.model()), arena);
      var plan = Protocols.plan(one.training(), model.family());
      var settings = one.training().settings();
      var weights = StartingWeights.of(model, model.labels(), plan, 1);
      var first = new HashMap<String, Tensor>();
      model.family().graph(plan, Mode.EVAL).parameters().stream()
          .filter(parameter -> parameter.name().contains("lora_A"))
          .forEach(parameter -> {
            var shape = parameter.shape().dimensions().stream().mapToLong(d -> d.constant());
            first.put(parameter.name(), Tensor.of(waves(parameter.elements()), shape.toArray()));
          });
      try (var session =
          TrainingSession.open(
              model.family(),
              plan,
              Mode.TRAIN,
              Protocols.optimizer(settings),
              new Overlay(first, weights))) {
        new TrainingLoop(
                session,
                new Formulas(one.batches()),
                LoopSettings.of(settings),
                folder,
                new Losses(heard),
                () -> false)
            .run();
      }
    }
    return heard;
  }

  private static float[] waves(long count) {
    var values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) values[i] = (float) (0.1 * Math.sin(i));
    return values;
  }

  private static float[] pixels(int step) {
    var pixels = new float[ROWS * 3 * 32 * 32];
    for (int i = 0; i < pixels.length; i++)
      pixels[i] = (float) Math.sin(0.37 * i + 1.7 * step + 0.0003 * i * step);
    return pixels;
  }

  private static int label(int step, int row, int classes) {
    return (7 * step + 3 * row) % classes;
  }

  private static Batch images(int step) {
    return images(step, CLASSES);
  }

  private static Batch images(int step, int classes) {
    var labels = new long[ROWS];
    for (int row = 0; row < ROWS; row++) labels[row] = label(step, row, classes);
    return Batch.images(pixels(step), 3, 32, labels);
  }

  private static Batch mixtures(int step) {
    double own = 0.5 + 0.04 * step;
    var shares = new float[ROWS * CLASSES];
    for (int row = 0; row < ROWS; row++) {
      shares[row * CLASSES + label(step, row, CLASSES)] = (float) own;
      shares[row * CLASSES + (label(step, row, CLASSES) + 1) % CLASSES] = (float) (1 - own);
    }
    return new Batch(
        Map.of(
            "pixel_values", Tensor.of(pixels(step), ROWS, 3, 32, 32),
            "soft_labels", Tensor.of(shares, ROWS, CLASSES)),
        ROWS);
  }

  private static Batch texts(int step) {
    int rows = 3, length = 10;
    var ids = new long[rows * length];
    for (int row = 0; row < rows; row++)
      for (int t = 0; t < length; t++)
        ids[row * length + t] = Math.floorMod(5 * step + 3 * row + 7 * t + row * t, 50);
    var tensor = Tensor.of(ids, rows, length);
    return Batch.ofNextTokens(Map.of("input_ids", tensor, "labels", tensor));
  }

  private record Formulas(IntFunction<Batch> batches) implements Batches {
    @Override
    public Batch training(int step) {
      return batches.apply(step);
    }

    @Override
    public int validationBatches() {
      return 1;
    }

    @Override
    public Batch validation(int index) {
      return images(1);
    }

    @Override
    public Metrics validate(TrainingSession session) {
      return new Metrics(1, Metric.ACCURACY, 0, 1);
    }
  }

  private record Losses(List<Double> heard) implements Progress {
    @Override
    public void stepped(int step, double loss, double rate, double gradientNorm) {
      heard.add(loss);
    }

    @Override
    public void validated(int step, Metrics metrics, boolean best) {}

    @Override
    public void saved(int step, Checkpoint checkpoint) {}

    @Override
    public void rejected(Path checkpoint, String reason) {}
  }
}
