package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeping only what crosses from stage to stage changes memory, and nothing else. */
class RecomputationTest {

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "clip", "distilbert", "gpt2", "llama", "resnet", "t5", "t5_gated", "vit"})
  void givesTheSameGradientsAndWritesBuffersOnce(String name) throws IOException {
    try (var arena = Arena.ofShared()) {
      var model = ModelFolder.read(Golden.folder(name), arena);
      var inputs = Safetensors.open(Golden.folder(name).resolve("inputs.safetensors"), arena);
      var batch = batch(inputs);
      var plan = TrainingPlan.full();
      try (var plain = session(model, plan);
          var again = session(model, plan.recomputing())) {
        var wanted = plain.gradients(batch, 5);
        var found = again.gradients(batch, 5);
        assertThat(found.keySet()).isEqualTo(wanted.keySet());
        wanted.forEach((parameter, gradient) -> same(parameter, found.get(parameter), gradient));

        plain.step(batch, 1e-3, 6);
        again.step(batch, 1e-3, 6);
        for (var buffer : plain.graph().written())
          if (buffer.shape().rank() > 0)
            same(buffer.name(), again.tensor(buffer.name()), plain.tensor(buffer.name()));
          else
            assertThat(again.tensor(buffer.name()).longs())
                .as(buffer.name())
                .isEqualTo(plain.tensor(buffer.name()).longs());
      }
    }
  }

  private static void same(String name, Tensor actual, Tensor expected) {
    var found = actual.floats();
    var wanted = expected.floats();
    assertThat(found).as(name).hasSameSizeAs(wanted);
    double largest = 0;
    for (float value : wanted) largest = Math.max(largest, Math.abs(value));
    for (int i = 0; i < wanted.length; i++)
      assertThat((double) found[i]).as(name).isCloseTo(wanted[i], within(1e-6 + 1e-5 * largest));
  }

  private static TrainingSession session(ModelFolder model, TrainingPlan plan) throws IOException {
    Family family = model.family();
    var weights = StartingWeights.of(model, model.labels(), plan, 1);
    return TrainingSession.open(family, plan, Mode.TRAIN, AdamW.UNCLIPPED, weights);
  }

  private static Batch batch(Safetensors inputs) {
    var tensors = new HashMap<String, Tensor>();
    inputs.names().forEach(name -> tensors.put(name, inputs.tensor(name)));
    var ids = tensors.get("input_ids");
    if (ids != null)
      tensors.putIfAbsent(
          "token_type_ids",
          Tensor.of(new long[(int) ids.elements()], ids.shape().get(0), ids.shape().get(1)));
    long rows = tensors.values().iterator().next().shape().getFirst();
    return new Batch(tensors, rows);
  }
}
