package io.espalier.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.ElementType;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Every form in which people bring the same BERT. */
class VariantsTest {

  private static final List<String> THREE = List.of("x", "y", "z");
  private static final JsonMapper JSON = new JsonMapper();

  private final Arena arena = Arena.ofShared();
  private ModelFolder plain;
  private Map<String, Tensor> tensors;
  private String config;

  @TempDir Path folder;

  @BeforeEach
  void read() throws IOException {
    plain = ModelFolder.read(Golden.folder("bert"), arena);
    tensors = new TreeMap<>();
    plain.checkpoint().names().forEach(name -> tensors.put(name, plain.checkpoint().tensor(name)));
    config = plain.config().json().toString();
  }

  @AfterEach
  void unmap() {
    arena.close();
  }

  @Test
  void inSeveralFilesWithAnIndex() throws IOException {
    var names = new ArrayList<>(tensors.keySet());
    var map = JsonNodeFactory.instance.objectNode();
    for (int part = 0; part < 2; part++) {
      var file = "model-0000%d-of-00002.safetensors".formatted(part + 1);
      var some = new TreeMap<String, Tensor>();
      for (int i = part; i < names.size(); i += 2) {
        var tensor = tensors.get(names.get(i));
        if (tensor != null) some.put(names.get(i), tensor);
        map.put(names.get(i), file);
      }
      SafetensorsWriter.write(folder.resolve(file), some);
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        JSON.writeValueAsString(JsonNodeFactory.instance.objectNode().set("weight_map", map)));
    Files.writeString(folder.resolve("config.json"), config);

    assertSame(ModelFolder.read(folder, arena), 0);
  }

  @Test
  void inBrainFloats() throws IOException {
    tensors.replaceAll((_, tensor) -> tensor.isFloating() ? brain(tensor) : tensor);
    assertSame(written(), 0.01f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LayerNorm.weight>LayerNorm.gamma", "bert.>"})
  void underOtherNames(String renaming) throws IOException {
    var pair = renaming.split(">", -1);
    rename(name -> name.replace(pair[0], pair[1]));
    assertSame(written(), 0);
  }

  @Test
  void underTheKeysOfTransformersFive() throws IOException {
    Files.createDirectories(folder);
    config = Files.readString(Golden.folder("bert").resolve("config.v5.json"));
    assertSame(written(), 0);
  }

  /** As masked language models are published: no pooler, and a head that is not used. */
  @ParameterizedTest
  @ValueSource(strings = {"BertForMaskedLM", "BertModel"})
  void withoutAPoolerWhichBeginsAnewAndIsSaid(String architecture) throws IOException {
    tensors
        .keySet()
        .removeIf(name -> name.startsWith("bert.pooler") || name.startsWith("classifier"));
    tensors.put("cls.predictions.bias", Tensor.of(new float[] {0, 0}, 2));
    config = config.replaceAll("BertForSequenceClassification", architecture);

    var start = StartingWeights.of(written(), THREE, TrainingPlan.full(), 1);

    assertThat(start.begunAnew())
        .containsExactlyInAnyOrder(
            "bert.pooler.dense.weight",
            "bert.pooler.dense.bias",
            "classifier.weight",
            "classifier.bias");
    assertThat(start.unused()).containsExactly("cls.predictions.bias");
  }

  @Test
  void underAHeadForOtherClassesWhichBeginsAnewAndIsSaid() throws IOException {
    var other = List.of("a", "b", "c", "d", "e", "f", "g");
    var start = StartingWeights.of(written(), other, TrainingPlan.full(), 1);
    assertThat(start.begunAnew()).containsExactlyInAnyOrder("classifier.weight", "classifier.bias");
    assertThat(start.tensor("classifier.weight").shape().getFirst()).isEqualTo(7);
  }

  @Test
  void anotherKindIsRefusedWithWhatIsSupported() throws IOException {
    config = config.replace("\"bert\"", "\"electra\"");
    assertThatThrownBy(this::written)
        .isInstanceOf(Refused.class)
        .hasMessageContaining("electra")
        .hasMessageContaining("bert, cifar-resnet, clip, distilbert, gpt2, llama, mistral, qwen2");
  }

  private void assertSame(ModelFolder other, float within) {
    var wanted = StartingWeights.of(plain, plain.labels(), TrainingPlan.nothing(), 0);
    var start = StartingWeights.of(other, plain.labels(), TrainingPlan.nothing(), 0);
    assertThat(start.begunAnew()).isEmpty();
    for (var name : wanted.names())
      assertThat(start.tensor(name).floats())
          .as(name)
          .usingComparatorWithPrecision(within)
          .containsExactly(wanted.tensor(name).floats());
  }

  private ModelFolder written() throws IOException {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
    Files.writeString(folder.resolve("config.json"), config);
    return ModelFolder.read(folder, arena);
  }

  private void rename(UnaryOperator<String> to) {
    var before = Map.copyOf(tensors);
    tensors.clear();
    before.forEach((name, tensor) -> tensors.put(to.apply(name), tensor));
  }

  private static Tensor brain(Tensor tensor) {
    var floats = tensor.floats();
    var halves = new short[floats.length];
    for (int i = 0; i < halves.length; i++)
      halves[i] = (short) (Float.floatToRawIntBits(floats[i]) >>> 16);
    return new Tensor(ElementType.BF16, tensor.shape(), MemorySegment.ofArray(halves));
  }
}
