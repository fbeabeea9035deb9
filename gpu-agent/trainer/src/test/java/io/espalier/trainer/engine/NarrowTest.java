package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Device;
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
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training in 16 bits, and who chooses it. */
class NarrowTest {

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void unmap() {
    arena.close();
  }

  /** The second column: whether its attention draws dropout, so that two steps are not the same. */
  @ParameterizedTest
  @CsvSource({
    "vit, false",
    "bert, true",
    "bert_tokens, true",
    "roberta, true",
    "distilbert, true",
    "clip_classification, false",
    "gpt2, true",
    "llama, false",
    "qwen2_window, false",
    "mistral_window, false",
    "t5, true",
  })
  void everyFamilyTrainsInBf16(String name, boolean draws) throws IOException {
    var model = ModelFolder.read(Golden.folder(name), arena);
    var batch = batch(name);
    var linear = model.family().graph(TrainingPlan.nothing(), Mode.EVAL).linearModules().keySet();
    var adapting = TrainingPlan.adapting(Lora.of(4, 8, linear));
    for (var plan : List.of(TrainingPlan.full(), adapting)) {
      try (var wide = session(model, plan);
          var narrow = session(model, plan.computingIn(DType.BF16).freezingIn(DType.BF16))) {
        for (int step = 1; step <= 3; step++) {
          double loss = wide.step(batch, 1e-3, step).loss();
          assertThat(narrow.step(batch, 1e-3, step).loss())
              .as("%s, step %d", name, step)
              .isCloseTo(loss, withinPercentage(draws ? 10 : 2));
        }
      }
    }
  }

  @Test
  void aProcessorWithTilesIsToldByItsFlags() {
    assertThat(
            Precisions.multiplies16Bits("model name: Xeon\nflags\t\t: fpu avx512_bf16 amx_bf16 la"))
        .isTrue();
    assertThat(Precisions.multiplies16Bits("flags : fpu avx512_bf16")).isFalse();
    assertThat(Precisions.multiplies16Bits("bugs : amx_bf16_errata\nflags : fpu")).isFalse();
    assertThat(Precisions.multiplies16Bits("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet", "resnet_basic"})
  void convolutionsStayIn32BitsOnAProcessor(String name) throws IOException {
    var model = ModelFolder.read(Golden.folder(name), arena);
    assertThat(Precisions.fastest(Device.CPU, model.family())).isEqualTo(Precision.F32);
  }

  private static TrainingSession session(ModelFolder model, TrainingPlan plan) throws IOException {
    var weights = StartingWeights.of(model, model.labels(), plan, 1);
    return TrainingSession.open(model.family(), plan, Mode.TRAIN, AdamW.UNCLIPPED, weights);
  }

  private static @Nullable Tensor noKinds(@Nullable Tensor ids) {
    return ids == null
        ? null
        : new Tensor(
            ids.type(), ids.shape(), MemorySegment.ofArray(new byte[(int) ids.bytes().byteSize()]));
  }

  private Batch batch(String name) throws IOException {
    var inputs = Safetensors.open(Golden.folder(name).resolve("inputs.safetensors"), arena);
    var tensors = new HashMap<String, Tensor>();
    inputs.names().forEach(input -> tensors.put(input, inputs.tensor(input)));
    // RoBERTa's case leaves out what is the same for every token.
    tensors.computeIfAbsent("token_type_ids", _ -> noKinds(tensors.get("input_ids")));
    return Batch.of(tensors);
  }
}
