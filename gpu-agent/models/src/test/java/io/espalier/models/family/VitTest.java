package io.espalier.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Safetensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class VitTest {

  private static final Path FOLDER = Path.of("src/test/resources/vit");

  @Test
  void namesAndShapesAreThoseOfTheCheckpoint() throws IOException {
    var parameters = new TreeMap<String, List<Long>>();
    for (var parameter : vit().graph(TrainingPlan.full(), Mode.EVAL).parameters())
      parameters.put(parameter.name(), shape(parameter));
    try (var arena = Arena.ofConfined()) {
      var file = Safetensors.open(FOLDER.resolve("model.safetensors"), arena);
      var stored = new TreeMap<String, List<Long>>();
      file.names().forEach(name -> stored.put(name, file.tensor(name).shape()));
      assertThat(parameters).isEqualTo(stored);
    }
  }

  @Test
  void readsTheSameModelFromTheConfigurationOfANewerLibrary() throws IOException {
    assertThat(Families.of(ModelConfig.read(FOLDER.resolve("config.v5.json")))).isEqualTo(vit());
  }

  @Test
  void everyNameTranslatesToTheNewerSpellingAndBack() throws IOException {
    var names = vit().publication().names();
    var changed = 0;
    for (var parameter : vit().graph(TrainingPlan.full(), Mode.EVAL).parameters()) {
      var newer = names.newer(parameter.name());
      assertThat(names.older(newer)).isEqualTo(parameter.name());
      assertThat(names.newer(newer)).isEqualTo(newer);
      if (!newer.equals(parameter.name())) changed++;
    }
    assertThat(changed).isEqualTo(2 * 16);
    assertThat(names.newer("base_model.model.vit.encoder.layer.11.output.dense.lora_A.weight"))
        .isEqualTo("base_model.model.vit.layers.11.mlp.fc2.lora_A.weight");
  }

  @Test
  void headFollowsTheNumberOfLabels() throws IOException {
    var shapes =
        vit().withLabels(11).graph(TrainingPlan.full(), Mode.EVAL).parameters().stream()
            .collect(Collectors.toMap(Parameter::name, VitTest::shape));
    assertThat(shapes).containsEntry("classifier.weight", List.of(11L, 32L));
    assertThat(shapes).containsEntry("classifier.bias", List.of(11L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden_size | null",
        "hidden_size | \"thirty-two\"",
        "hidden_size | 32.5",
        "hidden_size | 1e3",
        "num_attention_heads | 5",
        "num_attention_heads | 0",
        "num_hidden_layers | -1",
        "num_hidden_layers | 1000000000",
        "num_hidden_layers | 1099511627776",
        "patch_size | 7",
        "image_size | [32, 64]",
        "hidden_act | \"frobnicate\"",
        "hidden_dropout_prob | 1",
        "qkv_bias | \"yes\"",
        "layer_norm_eps | \"1e-12\"",
        "architectures | [\"BertModel\"]",
        "id2label | {\"0\": \"a\", \"2\": \"b\"}",
        "id2label | {\"x\": \"a\"}",
        "id2label | {}",
        "model_type | 7",
      })
  void refusesAnUnsoundConfigurationByName(String key, String value) throws IOException {
    var json = config();
    json.set(key, StrictJson.object("test", "{\"value\": " + value + "}").get("value"));
    assertThatThrownBy(() -> Families.of(ModelConfig.of(json)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("config.json " + key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model_type",
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "image_size",
        "patch_size",
      })
  void refusesAConfigurationWithoutAKeyThatSizesTheModel(String key) throws IOException {
    var json = config();
    json.remove(key);
    assertThatThrownBy(() -> Families.of(ModelConfig.of(json)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(key)
        .hasMessageContaining("nothing");
  }

  @Test
  void refusesAnUnknownModelTypeAndSaysWhatIsSupported() {
    var json = StrictJson.object("test", "{\"model_type\": \"frobnicator\"}");
    assertThatThrownBy(() -> Families.of(ModelConfig.of(json)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("frobnicator")
        .hasMessageContaining("vit");
  }

  @Test
  void writesTheClassesBothWays() throws IOException {
    var config = ModelConfig.of(config()).withLabels(List.of("daisy", "rose"));
    assertThat(config.labels()).containsExactly("daisy", "rose");
    assertThat(config.json().get("label2id").get("rose").intValue()).isEqualTo(1);
    assertThat(config.json().get("hidden_size").intValue()).isEqualTo(32);
  }

  @Test
  void forwardPassesGiveWhatTheirNamesSay() throws IOException {
    var outputs = new TreeMap<String, Object>();
    vit().forwards(TrainingPlan.nothing()).forEach((name, g) -> outputs.put(name, g.outputNames()));
    assertThat(outputs)
        .containsEntry("predict", Set.of("logits"))
        .containsEntry("evaluate", Set.of("logits", "loss"))
        .containsEntry("depths", Set.of("features.0", "features.1", "features.2"));
    assertThat(Map.copyOf(outputs)).containsKeys("features", "inspect");
  }

  private static ObjectNode config() throws IOException {
    return StrictJson.object(FOLDER.resolve("config.json"));
  }

  private static Family vit() throws IOException {
    return Families.of(ModelConfig.read(FOLDER.resolve("config.json")));
  }

  private static List<Long> shape(Parameter parameter) {
    return parameter.shape().dimensions().stream().map(Size::constant).toList();
  }
}
