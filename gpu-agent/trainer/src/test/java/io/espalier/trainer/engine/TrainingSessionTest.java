package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Sgd;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.RandomWeights;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSessionTest {

  private static final AdamW CLIPPED = AdamW.UNCLIPPED.clippedAt(1);
  private static final double RATE = 1e-3;

  private final Arena arena = Arena.ofShared();
  private final ModelFolder vit = Golden.vit(arena);
  private final Batch batch = Golden.batch(arena);

  @TempDir Path folder;

  @AfterEach
  void unmap() {
    arena.close();
  }

  static Stream<TrainingPlan> plans() {
    return Stream.of(
        TrainingPlan.full(),
        TrainingPlan.full().layerWise(0.5).withoutDecayOfVectors(),
        TrainingPlan.full().recomputing(),
        TrainingPlan.top(1),
        TrainingPlan.only(List.of("classifier")),
        adapters(),
        adapters().alsoTraining(List.of("classifier")),
        adapters().alsoTraining(List.of("classifier")).recomputing());
  }

  @ParameterizedTest
  @MethodSource("plans")
  void everyTrainedTensorMovesAndNoFrozenOneDoes(TrainingPlan plan) throws IOException {
    try (var session = open(plan, Mode.EVAL)) {
      var before = values(session, session.graph().parameters());
      for (int step = 1; step <= 2; step++) session.step(batch, RATE, step);
      for (var parameter : session.graph().trained())
        assertThat(session.tensor(parameter.name()).floats())
            .as(parameter.name())
            .isNotEqualTo(before.get(parameter.name()));
      for (var parameter : session.graph().frozen())
        assertThat(session.tensor(parameter.name()).floats())
            .as(parameter.name())
            .isEqualTo(before.get(parameter.name()));
    }
  }

  @Test
  void freshAdaptersChangeNothing() throws IOException {
    var plan = TrainingPlan.adapting(Lora.of(4, 8, Set.of("query", "key", "value", "dense")));
    try (var adapted = open(plan, Mode.EVAL);
        var plain = open(TrainingPlan.nothing(), Mode.EVAL)) {
      assertThat(adapted.graph().trained()).hasSize(2 * 6 * 2);
      assertThat(adapted.forward("predict", batch).logits().floats())
          .isEqualTo(plain.forward("predict", batch).logits().floats());
    }
  }

  @ParameterizedTest
  @MethodSource("plans")
  void aStepThatIsNotFiniteChangesNothing(TrainingPlan plan) throws IOException {
    var losses = new ArrayList<List<Double>>();
    for (boolean disturbed : new boolean[] {false, true}) {
      try (var session = open(plan, Mode.EVAL)) {
        var seen = new ArrayList<Double>();
        for (int step = 1; step <= 3; step++) {
          if (disturbed) assertThat(session.step(broken(), RATE, step).isFinite()).isFalse();
          seen.add(session.step(batch, RATE, step).loss());
        }
        losses.add(seen);
      }
    }
    assertThat(losses.get(1)).isEqualTo(losses.get(0));
  }

  @Test
  void recomputationRedrawsTheSameDropout() throws IOException {
    var family = withDropout(0.3);
    var weights = RandomWeights.of(family, family.graph(TrainingPlan.full(), Mode.EVAL), 3);
    var gradients = new ArrayList<Map<String, float[]>>();
    for (var plan : List.of(TrainingPlan.full(), TrainingPlan.full().recomputing()))
      for (long seed : new long[] {7, 8})
        try (var session = TrainingSession.open(family, plan, Mode.TRAIN, CLIPPED, weights)) {
          var found = new TreeMap<String, float[]>();
          session.gradients(batch, seed).forEach((name, g) -> found.put(name, g.floats()));
          gradients.add(found);
        }
    for (var name : gradients.get(0).keySet()) {
      assertThat(gradients.get(2).get(name)).as(name).isEqualTo(gradients.get(0).get(name));
      assertThat(gradients.get(3).get(name)).as(name).isEqualTo(gradients.get(1).get(name));
    }
    assertThat(gradients.get(0).get("classifier.weight"))
        .isNotEqualTo(gradients.get(1).get("classifier.weight"));
  }

  @Test
  void dropoutIsDrawnInTrainingOnly() throws IOException {
    var family = withDropout(0.3);
    var weights = RandomWeights.of(family, family.graph(TrainingPlan.full(), Mode.EVAL), 3);
    try (var session =
        TrainingSession.open(family, TrainingPlan.full(), Mode.TRAIN, CLIPPED, weights)) {
      var once = session.forward("predict", batch).logits().floats();
      assertThat(session.forward("predict", batch).logits().floats()).isEqualTo(once);
    }
  }

  @Test
  void microBatchesMakeTheSameStepAsTheWholeBatch() throws IOException {
    try (var whole = open(TrainingPlan.full(), Mode.EVAL);
        var parts = open(TrainingPlan.full(), Mode.EVAL)) {
      for (int step = 1; step <= 3; step++) {
        var reference = whole.step(batch, RATE, step);
        double loss = 0;
        for (int i = 0; i < 3; i++) loss += parts.accumulate(sample(i), 3, step);
        double norm = parts.apply(RATE);
        assertThat(loss).isCloseTo(reference.loss(), within(1e-5));
        assertThat(norm).isCloseTo(reference.gradientNorm(), within(1e-4));
      }
      assertThat(parts.tensor("classifier.weight").floats())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(whole.tensor("classifier.weight").floats());
    }
  }

  @Test
  void clippingBoundsTheStepAndReportsTheNormBefore() throws IOException {
    try (var session = open(TrainingPlan.full(), Mode.EVAL)) {
      assertThat(session.step(batch, RATE, 1).gradientNorm()).isCloseTo(10.6138, within(1e-3));
    }
  }

  @Test
  void goesOnFromStoredStateAsIfNothingHadHappened() throws IOException {
    var file = folder.resolve("state.safetensors");
    var plan = adapters().alsoTraining(List.of("classifier"));
    List<Double> uninterrupted = new ArrayList<>(), resumed = new ArrayList<>();
    try (var session = open(plan, Mode.TRAIN)) {
      for (int step = 1; step <= 3; step++) session.step(batch, RATE, step);
      SafetensorsWriter.write(file, Map.of(), session.stateParts());
      for (int step = 4; step <= 6; step++)
        uninterrupted.add(session.step(batch, RATE, step).loss());
    }
    try (var session = open(plan, Mode.TRAIN)) {
      session.restoreState(Safetensors.open(file, arena));
      for (int step = 4; step <= 6; step++) resumed.add(session.step(batch, RATE, step).loss());
    }
    assertThat(resumed).isEqualTo(uninterrupted);
    assertThat(Safetensors.open(file, arena).tensor("t/classifier.bias").floats())
        .containsExactly(3);
  }

  @Test
  void refusesStateOfAnotherShape() throws IOException {
    try (var session = open(TrainingPlan.only(List.of("classifier")), Mode.TRAIN)) {
      var wrong =
          new Overlay(
              Map.of("classifier.bias", Tensor.of(new float[7], 7)),
              StartingWeights.of(vit, vit.labels(), TrainingPlan.nothing(), 1));
      assertThatThrownBy(() -> session.restoreChanged(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("classifier.bias");
    }
  }

  @Test
  void halfPrecisionStaysNear() throws IOException {
    try (var full = open(TrainingPlan.full(), Mode.EVAL);
        var half = open(TrainingPlan.full().computingIn(DType.BF16), Mode.EVAL)) {
      var reference = full.gradients(batch, 1);
      double off = 0, norm = 0;
      for (var gradient : half.gradients(batch, 1).entrySet()) {
        var wanted = java.util.Objects.requireNonNull(reference.get(gradient.getKey())).floats();
        var found = gradient.getValue().floats();
        for (int i = 0; i < found.length; i++) {
          off += Math.pow(found[i] - wanted[i], 2);
          norm += Math.pow(wanted[i], 2);
        }
      }
      assertThat(Math.sqrt(off / norm)).isBetween(1e-6, 0.03);
    }
  }

  @Test
  void smoothingRaisesTheTrainingLossOnly() throws IOException {
    try (var plain = open(TrainingPlan.full(), Mode.TRAIN);
        var smooth = open(TrainingPlan.full().smoothingLabels(0.2), Mode.TRAIN)) {
      var before = plain.forward("evaluate", batch).lossSum();
      assertThat(smooth.forward("evaluate", batch).lossSum()).isEqualTo(before);
      assertThat(smooth.step(batch, RATE, 1).loss())
          .isNotCloseTo(plain.step(batch, RATE, 1).loss(), within(1e-3));
    }
  }

  @Test
  void namesAnInputThatABatchLacks() throws IOException {
    try (var session = open(TrainingPlan.nothing(), Mode.EVAL)) {
      var unlabelled = Batch.of(Map.of("pixel_values", batch.input("pixel_values")));
      assertThat(session.forward("predict", unlabelled).logits().shape()).containsExactly(3L, 5L);
      assertThatThrownBy(() -> session.forward("evaluate", unlabelled))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("labels");
    }
  }

  @Test
  void tellsMemoryThatDoesNotSufficeFromAFault() throws IOException {
    try (var session = open(TrainingPlan.nothing(), Mode.EVAL)) {
      var odd = Batch.images(new float[3 * 16 * 16], 3, 16, new long[] {1});
      assertThatThrownBy(() -> session.forward("predict", odd))
          .isInstanceOfSatisfying(
              Refused.class,
              e -> {
                assertThat(e.problem().category()).isEqualTo(Category.INTERNAL);
                assertThat(e.problem().value()).as("the cause").startsWith("RuntimeError: ");
              });
    }
    var words = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes";
    assertThat(EngineFailure.of("step", new EngineException(words)).problem().category())
        .isEqualTo(Category.RESOURCES);
    var device = new EngineException("CUDA error: uncorrectable ECC error encountered");
    assertThat(EngineFailure.of("step", device).problem().code())
        .isEqualTo(EngineFailure.DEVICE_FAILED);
  }

  /** By its formula, of torch's documentation: decay is added to the gradient. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientDescentGathersMomentum(boolean nesterov) throws IOException {
    double momentum = 0.9, decay = 0.02, rate = 0.1;
    var name = "vit.encoder.layer.1.intermediate.dense.weight";
    var plan = TrainingPlan.full().decaying(decay);
    var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
    var sgd = new Sgd(momentum, nesterov, Double.POSITIVE_INFINITY);
    try (var session = TrainingSession.open(vit.family(), plan, Mode.EVAL, sgd, weights)) {
      var expected = session.tensor(name).floats();
      var gathered = new double[expected.length];
      for (int step = 1; step <= 3; step++) {
        var gradient = session.gradients(batch, step).get(name).floats();
        for (int i = 0; i < expected.length; i++) {
          double own = gradient[i] + decay * expected[i];
          gathered[i] = momentum * gathered[i] + own;
          expected[i] -= (float) (rate * (nesterov ? own + momentum * gathered[i] : gathered[i]));
        }
        session.step(batch, rate, step);
        assertThat(session.tensor(name).floats()).containsExactly(expected, offset(1e-6f));
      }
    }
  }

  private static TrainingPlan adapters() {
    return TrainingPlan.adapting(Lora.of(4, 8, Set.of("query", "key", "value", "dense")));
  }

  private TrainingSession open(TrainingPlan plan, Mode mode) throws IOException {
    var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
    return TrainingSession.open(vit.family(), plan, mode, CLIPPED, weights);
  }

  private Family withDropout(double probability) {
    var json = vit.config().json();
    json.put("hidden_dropout_prob", probability);
    json.put("attention_probs_dropout_prob", probability);
    return Families.of(ModelConfig.of(json));
  }

  private Batch sample(int i) {
    var pixels = batch.input("pixel_values").floats();
    int size = pixels.length / 3;
    var own = java.util.Arrays.copyOfRange(pixels, i * size, (i + 1) * size);
    return Batch.images(own, 3, 32, new long[] {batch.input("labels").longs()[i]});
  }

  private Batch broken() {
    var pixels = batch.input("pixel_values").floats();
    pixels[17] = Float.NaN;
    return Batch.images(pixels, 3, 32, batch.input("labels").longs());
  }

  private static Map<String, float[]> values(TrainingSession session, List<Parameter> parameters) {
    var values = new TreeMap<String, float[]>();
    parameters.forEach(p -> values.put(p.name(), session.tensor(p.name()).floats()));
    return values;
  }
}
