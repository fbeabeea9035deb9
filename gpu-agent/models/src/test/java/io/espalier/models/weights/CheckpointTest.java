package io.espalier.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

  @TempDir Path folder;

  @BeforeEach
  void writeTwoShards() throws IOException {
    shard("model-00001-of-00002.safetensors", "a", 1);
    shard("model-00002-of-00002.safetensors", "b", 2);
  }

  @Test
  void readsShardsAsOne() throws IOException {
    index(
        "{'weight_map': {'a': 'model-00001-of-00002.safetensors',"
            + " 'b': 'model-00002-of-00002.safetensors'}}");
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(folder, arena);
      assertThat(checkpoint.names()).containsExactlyInAnyOrder("a", "b");
      assertThat(checkpoint.tensor("b").floats()).containsExactly(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model-00001-of-00002.safetensors",
        "/etc/passwd",
        "sub/model.safetensors",
        "..",
        ".hidden.safetensors",
        "pytorch_model.bin",
        "",
      })
  void refusesAShardThatIsNoPlainNameOfTheFolder(String shard) throws IOException {
    index("{'weight_map': {'a': '" + shard + "'}}");
    refused("no plain file of this folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'weight_map': {'a': 'model-00003-of-00003.safetensors'}} | The shard is missing",
        "{'weight_map': {'z': 'model-00001-of-00002.safetensors'}} | no z",
        "{'weight_map': {}} | no weight_map",
        "{'weight_map': []} | no weight_map",
        "{'weight_map': {'a': 7}} | no plain file of this folder",
        "{'weight_map': {'a' | strict JSON",
        "[] | no JSON object",
      })
  void refusesAnIndexThatDoesNotAgreeWithItsShards(String json, String message) throws IOException {
    index(json);
    refused(message);
  }

  @Test
  void refusesATensorThatTheIndexDoesNotName() throws IOException {
    SafetensorsWriter.write(
        folder.resolve("model-00001-of-00002.safetensors"),
        Map.of("a", Tensor.of(new float[] {1}), "extra", Tensor.of(new float[] {1})));
    index("{'weight_map': {'a': 'model-00001-of-00002.safetensors'}}");
    refused("extra");
  }

  @Test
  void refusesALinkAsAShard() throws IOException {
    Files.createSymbolicLink(
        folder.resolve("link.safetensors"), folder.resolve("model-00001-of-00002.safetensors"));
    index("{'weight_map': {'a': 'link.safetensors'}}");
    refused("The shard is missing");
  }

  @Test
  void refusesAFolderOfPicklesOnly() throws IOException {
    Files.writeString(folder.resolve("pytorch_model.bin"), "x");
    refused("neither model.safetensors nor");
  }

  private void refused(String message) {
    try (var arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> Checkpoint.open(folder, arena))
          .isInstanceOf(Refused.class)
          .hasMessageContaining(message);
    }
  }

  private void shard(String name, String tensor, float value) throws IOException {
    SafetensorsWriter.write(
        folder.resolve(name), Map.of(tensor, Tensor.of(new float[] {value}, 1)));
  }

  private void index(String json) throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
  }
}
