package io.espalier.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.Cost;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Picture;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Safetensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class BertTest {

  private static final Path FOLDER = Path.of("src/test/resources/bert");

  @Test
  void namesAndShapesAreThoseOfTheCheckpoint() throws IOException {
    var parameters = new TreeMap<String, List<Long>>();
    for (var parameter : bert().graph(TrainingPlan.full(), Mode.EVAL).parameters())
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
    assertThat(Families.of(ModelConfig.read(FOLDER.resolve("config.v5.json")))).isEqualTo(bert());
  }

  @Test
  void readsTheNamesOfTheFirstReleasesAndWritesThemNeverAgain() throws IOException {
    var names = bert().publication().names();
    assertThat(names.older("bert.encoder.layer.1.output.LayerNorm.gamma"))
        .isEqualTo("bert.encoder.layer.1.output.LayerNorm.weight");
    assertThat(names.older("bert.embeddings.LayerNorm.beta"))
        .isEqualTo("bert.embeddings.LayerNorm.bias");
    for (var parameter : bert().graph(TrainingPlan.full(), Mode.EVAL).parameters())
      assertThat(names.newer(parameter.name())).isEqualTo(parameter.name());
    assertThat(names.changed()).isFalse();
  }

  @Test
  void headFollowsTheNumberOfLabels() throws IOException {
    var shapes =
        bert().withLabels(11).graph(TrainingPlan.full(), Mode.EVAL).parameters().stream()
            .collect(Collectors.toMap(Parameter::name, BertTest::shape));
    assertThat(shapes).containsEntry("classifier.weight", List.of(11L, 32L));
  }

  /**
   * Bytes that torch saved for backward with dropout 0.1, when it was counted by its hooks; without
   * dropout transformers widens the mask and is no measure.
   */
  @ParameterizedTest
  @CsvSource({"full, 207847684", "last_half, 102875396", "linear_probe, 16644"})
  void savedBytesAreThoseThatTorchSaves(String plan, long torch) {
    var family = Families.of(ModelConfig.of(mini()));
    var trained =
        switch (plan) {
          case "full" -> TrainingPlan.full();
          case "last_half" -> TrainingPlan.top(2);
          default -> TrainingPlan.only(List.of("classifier"));
        };
    var cost = Cost.of(family.graph(trained, Mode.TRAIN), Device.CPU);
    assertThat(cost.savedBytes(Map.of("B", 16L, "T", 128L))).isEqualTo(torch - 4);
  }

  @Test
  void costGrowsWithTheLengthOfTheTextsAndMoreThanThat() {
    var cost =
        Cost.of(
            Families.of(ModelConfig.of(mini())).graph(TrainingPlan.full(), Mode.TRAIN), Device.CPU);
    long some = cost.forwardFlops().at(Map.of("B", 16L, "T", 64L));
    assertThat(cost.forwardFlops().at(Map.of("B", 16L, "T", 128L))).isGreaterThan(2 * some);
    assertThat(cost.forwardFlops().at(Map.of("B", 32L, "T", 64L))).isEqualTo(2 * some);
  }

  @Test
  void pictureShowsWhatTrains() {
    var family = Families.of(ModelConfig.of(mini()));
    var picture = Picture.of(family.graph(TrainingPlan.top(1), Mode.TRAIN));
    assertThat(picture).contains("Embedding×2").contains("layer_0 … layer_2").contains("░░░░");
  }

  @Test
  void preTrainingTiesTheFillingsToTheWordEmbeddings() throws IOException {
    var network = BertPretraining.of((Bert) bert());
    var names =
        network.graph(TrainingPlan.full(), Mode.TRAIN).parameters().stream()
            .map(Parameter::name)
            .toList();
    assertThat(names)
        .contains("cls.predictions.bias", "cls.seq_relationship.weight", "bert.pooler.dense.weight")
        .noneMatch(name -> name.contains("decoder") || name.startsWith("classifier"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vocab_size | 0",
        "hidden_size | 33",
        "pad_token_id | 120",
        "position_embedding_type | \"relative_key\"",
        "is_decoder | true",
        "hidden_act | \"swiglu\"",
      })
  void refusesWhatItCannotCompute(String key, String value) throws IOException {
    var json = StrictJson.object(FOLDER.resolve("config.json"));
    json.set(key, StrictJson.object("test", "{\"value\": " + value + "}").get("value"));
    assertThatThrownBy(() -> Families.of(ModelConfig.of(json)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(key.equals("hidden_size") ? "num_attention_heads" : key);
  }

  private static Family bert() throws IOException {
    return Families.of(ModelConfig.read(FOLDER.resolve("config.json")));
  }

  /** Four blocks of 256, as the reference was counted. */
  private static ObjectNode mini() {
    return StrictJson.object(
        "config.json",
        """
        {"model_type": "bert", "vocab_size": 30522, "max_position_embeddings": 512,
         "hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4,
         "intermediate_size": 1024}
        """);
  }

  private static List<Long> shape(Parameter parameter) {
    return parameter.shape().dimensions().stream().map(Size::constant).toList();
  }
}
