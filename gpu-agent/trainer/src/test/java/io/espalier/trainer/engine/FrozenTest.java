package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not train. */
class FrozenTest {

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void unmap() {
    arena.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batchNormsOfFrozenBlocksKeepTheirStatistics(boolean recomputes) throws IOException {
    var resnet = ModelFolder.read(Golden.folder("resnet"), arena);
    var top = TrainingPlan.top(1);
    try (var session = session(resnet, recomputes ? top.recomputing() : top)) {
      var batch = batch("resnet");
      var before = buffers(session);
      var below = session.forward("depths", batch).tensor("features.1").floats();
      for (int step = 1; step <= 3; step++) session.step(batch, 1e-2, step);

      var written = new TreeMap<String, float[]>();
      session.graph().written().stream()
          .filter(buffer -> buffer.type() == DType.F32)
          .forEach(buffer -> written.put(buffer.name(), session.tensor(buffer.name()).floats()));
      assertThat(written).isNotEmpty().hasSizeLessThan(before.size());
      buffers(session)
          .forEach((name, values) -> {
            if (written.containsKey(name))
              assertThat(values).as(name).isNotEqualTo(before.get(name));
            else assertThat(values).as(name).isEqualTo(before.get(name));
          });
      assertThat(session.forward("depths", batch).tensor("features.1").floats()).isEqualTo(below);
    }
  }

  @Test
  void whatIsBelowTheFirstThatTrainsRunsWithoutGradients() throws IOException {
    var vit = Golden.vit(arena);
    try (var session = session(vit, TrainingPlan.top(1))) {
      var text = session.fingerprint();
      var gradients = text.substring(text.indexOf("def gradients"), text.indexOf("def step"));
      int off = gradients.indexOf("set_grad_enabled(False)");
      int on = gradients.indexOf("set_grad_enabled(True)");
      assertThat(gradients.indexOf("# layer_0")).isBetween(off, on);
      assertThat(gradients.indexOf("# layer_1")).isGreaterThan(on);
    }
  }

  @Test
  void matricesThatAreFrozenIn16BitsAreKeptSoAndReadIn32() throws IOException {
    var vit = Golden.vit(arena);
    var adapters = TrainingPlan.adapting(Lora.of(4, 8, Set.of("query", "value")));
    var name = "vit.encoder.layer.0.attention.attention.query.weight";
    var half = adapters.computingIn(DType.BF16).freezingIn(DType.BF16);
    try (var narrow = session(vit, half);
        var wide = session(vit, adapters)) {
      var exact = wide.tensor(name).floats();
      var kept = narrow.tensor(name).floats();
      assertThat(kept).isNotEqualTo(exact);
      for (int i = 0; i < kept.length; i++) assertThat(kept[i]).isEqualTo(rounded(exact[i]));
      assertThat(narrow.tensor("vit.layernorm.weight").floats())
          .isEqualTo(wide.tensor("vit.layernorm.weight").floats());

      var batch = batch("vit");
      for (int step = 1; step <= 5; step++) {
        double loss = wide.step(batch, 1e-2, step).loss();
        assertThat(narrow.step(batch, 1e-2, step).loss())
            .isCloseTo(loss, org.assertj.core.data.Percentage.withPercentage(2));
      }
      assertThat(narrow.tensor(name).floats()).isEqualTo(kept);
      assertThat(narrow.forward("evaluate", batch).logits().floats())
          .usingComparatorWithPrecision(0.05f)
          .containsExactly(wide.forward("evaluate", batch).logits().floats());
    }
  }

  /** The nearest number whose lower 16 bits are zero; ties go to the even one. */
  private static float rounded(float value) {
    int bits = Float.floatToIntBits(value);
    int up = 0x7FFF + ((bits >> 16) & 1);
    return Float.intBitsToFloat((bits + up) & 0xFFFF0000);
  }

  private static Map<String, float[]> buffers(TrainingSession session) {
    var values = new TreeMap<String, float[]>();
    session.graph().parameters().stream()
        .filter(parameter -> parameter.buffer() && parameter.type() == DType.F32)
        .forEach(buffer -> values.put(buffer.name(), session.tensor(buffer.name()).floats()));
    return values;
  }

  private static TrainingSession session(ModelFolder model, TrainingPlan plan) throws IOException {
    var weights = StartingWeights.of(model, model.labels(), plan, 1);
    return TrainingSession.open(model.family(), plan, Mode.TRAIN, AdamW.UNCLIPPED, weights);
  }

  private Batch batch(String name) throws IOException {
    var inputs = Safetensors.open(Golden.folder(name).resolve("inputs.safetensors"), arena);
    var tensors = new HashMap<String, Tensor>();
    inputs.names().forEach(input -> tensors.put(input, inputs.tensor(input)));
    return Batch.of(tensors);
  }
}
