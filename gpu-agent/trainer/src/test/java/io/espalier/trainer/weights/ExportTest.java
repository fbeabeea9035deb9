package io.espalier.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ExportTest {

  private static final List<String> CLASSES = List.of("daisy", "rose", "tulip", "sun", "lily");

  private final Arena arena = Arena.ofShared();
  private final ModelFolder vit = Golden.vit(arena);
  private final Batch batch = Golden.batch(arena);

  @TempDir Path folder;

  @AfterEach
  void unmap() {
    arena.close();
  }

  @Test
  void mergedFolderGivesTheLogitsOfTheTrainedModel() throws IOException {
    try (var session = trained(adapters().alsoTraining(List.of("classifier")))) {
      new Export(session, vit.family()).merged(folder.resolve("merged"), vit, CLASSES);
      var again = ModelFolder.read(folder.resolve("merged"), arena);
      assertThat(again.labels()).isEqualTo(CLASSES);
      assertThat(again.preprocessor()).isEqualTo(vit.preprocessor());
      assertThat(again.checkpoint().names()).isEqualTo(vit.checkpoint().names());
      var weights = StartingWeights.of(again, CLASSES, TrainingPlan.nothing(), 1);
      assertThat(weights.begunAnew()).isEmpty();
      try (var plain = TrainingSession.forInference(again.family(), weights)) {
        assertThat(plain.forward("predict", batch).logits().floats())
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(session.forward("predict", batch).logits().floats());
      }
    }
  }

  @Test
  void mergedFolderOfAFullTrainingHoldsItsWeightsBitByBit() throws IOException {
    try (var session = trained(TrainingPlan.full())) {
      new Export(session, vit.family()).merged(folder.resolve("merged"), vit, CLASSES);
      var again = ModelFolder.read(folder.resolve("merged"), arena).checkpoint();
      for (var name : again.names())
        assertThat(again.tensor(name).floats()).isEqualTo(session.tensor(name).floats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "transformers5"})
  void adapterFolderGivesTheLogitsOfTheTrainedModel(String form) throws IOException {
    try (var session = trained(adapters().alsoTraining(List.of("classifier")))) {
      new Export(session, vit.family()).adapter(folder.resolve("adapter"), "some/vit");
      var adapter = Adapter.read(folder.resolve("adapter").resolve(form), vit.family(), arena);
      assertThat(adapter.saved()).containsExactly("classifier");
      assertThat(adapter.lora().scale("vit.encoder.layer.0.attention.attention.query"))
          .isEqualTo(2);
      var base = StartingWeights.of(vit, vit.labels(), TrainingPlan.nothing(), 1);
      try (var again =
          TrainingSession.open(
              vit.family(),
              adapter.plan(),
              Mode.EVAL,
              AdamW.UNCLIPPED,
              new Overlay(adapter.tensors(), base))) {
        assertThat(again.forward("predict", batch).logits().floats())
            .isEqualTo(session.forward("predict", batch).logits().floats());
      }
    }
  }

  @Test
  void adapterFolderHasPeftsLayout() throws IOException {
    try (var session = trained(adapters().alsoTraining(List.of("classifier")))) {
      new Export(session, vit.family()).adapter(folder.resolve("adapter"), "some/vit");
    }
    var config = StrictJson.object(folder.resolve("adapter/adapter_config.json"));
    assertThat(config.get("peft_type").asString()).isEqualTo("LORA");
    assertThat(config.get("r").intValue()).isEqualTo(4);
    assertThat(config.get("lora_alpha").isIntegralNumber()).isTrue();
    assertThat(config.get("modules_to_save").get(0).asString()).isEqualTo("classifier");
    assertThat(config.get("base_model_name_or_path").asString()).isEqualTo("some/vit");
    assertThat(config.get("target_modules"))
        .hasSize(12)
        .anyMatch(m -> m.asString().equals("vit.encoder.layer.1.intermediate.dense"));
    var stored =
        Safetensors.open(folder.resolve("adapter/adapter_model.safetensors"), arena).names();
    assertThat(stored)
        .hasSize(2 * 12 + 2)
        .contains("base_model.model.classifier.weight")
        .contains("base_model.model.vit.encoder.layer.0.attention.output.dense.lora_A.weight");
    var newer =
        Safetensors.open(folder.resolve("adapter/transformers5/adapter_model.safetensors"), arena)
            .names();
    assertThat(newer)
        .hasSize(2 * 12 + 2)
        .contains("base_model.model.vit.layers.0.attention.o_proj.lora_A.weight")
        .noneMatch(name -> name.contains("encoder.layer"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "transformers5"})
  void modulesThatTrainWholeAreSavedWithTheAdapter(String form) throws IOException {
    var lora = Lora.of(4, 8, Set.of("query", "value")).stabilisingRank(true).droppingOut(0.1);
    var modules = List.of("classifier", "vit.layernorm", "vit.encoder.layer.1.output");
    try (var session = trained(TrainingPlan.adapting(lora).alsoTraining(modules))) {
      new Export(session, vit.family()).adapter(folder.resolve("adapter"), "some/vit");
      var config =
          StrictJson.object(folder.resolve("adapter").resolve(form).resolve("adapter_config.json"));
      assertThat(config.get("use_rslora").booleanValue()).isTrue();
      assertThat(config.get("lora_dropout").doubleValue()).isEqualTo(0.1);
      assertThat(config.get("modules_to_save").valueStream().map(JsonNode::asString))
          .contains("classifier", "vit.layernorm")
          .hasSize(3);
      var adapter = Adapter.read(folder.resolve("adapter").resolve(form), vit.family(), arena);
      assertThat(adapter.lora().rankStabilised()).isTrue();
      assertThat(adapter.lora().dropout()).isEqualTo(0.1);
      assertThat(adapter.saved())
          .containsExactly("classifier", "vit.encoder.layer.1.output.dense", "vit.layernorm");
      var base = StartingWeights.of(vit, vit.labels(), TrainingPlan.nothing(), 1);
      try (var again =
          TrainingSession.open(
              vit.family(),
              adapter.plan(),
              Mode.EVAL,
              AdamW.UNCLIPPED,
              new Overlay(adapter.tensors(), base))) {
        assertThat(again.forward("predict", batch).logits().floats())
            .isEqualTo(session.forward("predict", batch).logits().floats());
      }
      new Export(session, vit.family()).merged(folder.resolve("merged"), vit, CLASSES);
      var merged = ModelFolder.read(folder.resolve("merged"), arena);
      var weights = StartingWeights.of(merged, CLASSES, TrainingPlan.nothing(), 1);
      try (var plain = TrainingSession.forInference(merged.family(), weights)) {
        assertThat(plain.forward("predict", batch).logits().floats())
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(session.forward("predict", batch).logits().floats());
      }
    }
  }

  /** With its own kind of adapters it is itself the start; for all else the model it makes. */
  @Test
  void aTrainingGoesOnFromAnAdapter() throws IOException {
    var plan = adapters().alsoTraining(List.of("classifier"));
    float[] logits;
    try (var session = trained(plan)) {
      logits = session.forward("predict", batch).logits().floats();
      new Export(session, vit.family()).adapter(folder.resolve("adapter"), "some/vit");
    }
    var adapter = Adapter.read(folder.resolve("adapter"), vit.family(), arena);
    var targets = adapter.lora().targets();
    var alike = TrainingPlan.adapting(Lora.of(4, 8, targets)).alsoTraining(List.of("classifier"));
    for (var next : List.of(alike, TrainingPlan.full(), TrainingPlan.top(1))) {
      var base = StartingWeights.of(vit, CLASSES, next, 9);
      var start = GoingOn.from(adapter, base, vit.family(), next);
      try (var session =
          TrainingSession.open(vit.family(), next, Mode.TRAIN, AdamW.UNCLIPPED, start)) {
        assertThat(session.forward("predict", batch).logits().floats())
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(logits);
      }
    }
    var other = TrainingPlan.adapting(Lora.of(2, 4, targets));
    var base = StartingWeights.of(vit, CLASSES, other, 9);
    assertThatThrownBy(() -> GoingOn.from(adapter, base, vit.family(), other))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("lora_rank");
  }

  @Test
  void readsTheReferenceAdapterInBothSpellings() throws IOException {
    var first = Adapter.read(Golden.folder("vit_lora"), vit.family(), arena);
    var second =
        Adapter.read(
            Golden.folder("vit_lora").resolve("variants/transformers5_names"), vit.family(), arena);
    assertThat(first.lora()).isEqualTo(second.lora());
    assertThat(first.saved()).isEmpty();
    assertThat(first.tensors().keySet()).isEqualTo(second.tensors().keySet()).hasSize(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peft_type | \"IA3\"",
        "bias | \"all\"",
        "use_dora | true",
        "rank_pattern | {\"query\": 0}",
        "alpha_pattern | {\"que(ry\": 8}",
        "r | 0",
      })
  void refusesAnAdapterOfAnotherKind(String key, String value) throws IOException {
    var config = StrictJson.object(Golden.folder("vit_lora").resolve("adapter_config.json"));
    config.set(key, StrictJson.object("test", "{\"value\": " + value + "}").get("value"));
    Files.writeString(folder.resolve("adapter_config.json"), config.toString());
    Files.copy(
        Golden.folder("vit_lora").resolve("adapter_model.safetensors"),
        folder.resolve("adapter_model.safetensors"));
    assertThatThrownBy(() -> Adapter.read(folder, vit.family(), arena))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(key);
  }

  @Test
  void refusesATensorThatIsNoPartOfAnAdapter() throws IOException {
    Files.copy(
        Golden.folder("vit_lora").resolve("adapter_config.json"),
        folder.resolve("adapter_config.json"));
    SafetensorsWriter.write(
        folder.resolve("adapter_model.safetensors"),
        Map.of("base_model.model.vit.layernorm.bias", Tensor.of(new float[32], 32)));
    assertThatThrownBy(() -> Adapter.read(folder, vit.family(), arena))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("vit.layernorm.bias");
  }

  private static TrainingPlan adapters() {
    return TrainingPlan.adapting(Lora.of(4, 8, Set.of("query", "key", "value", "dense")));
  }

  private TrainingSession trained(TrainingPlan plan) throws IOException {
    var weights = StartingWeights.of(vit, CLASSES, plan, 1);
    var session = TrainingSession.open(vit.family(), plan, Mode.TRAIN, AdamW.UNCLIPPED, weights);
    for (int step = 1; step <= 3; step++) session.step(batch, 1e-2, step);
    return session;
  }
}
