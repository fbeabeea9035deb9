package io.espalier.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingWeightsTest {

  private static final List<String> FLOWERS = List.of("daisy", "rose", "tulip");
  private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");
  private static final String BLOCK = "vit.encoder.layer.0.";

  private final Arena arena = Arena.ofShared();
  private final ModelFolder vit = Golden.vit(arena);

  @TempDir Path folder;

  @AfterEach
  void unmap() {
    arena.close();
  }

  @Test
  void keepsAHeadThatToldAsManyUnnamedClassesApart() {
    var start = StartingWeights.of(vit, FIVE, TrainingPlan.full(), 1);
    assertThat(start.begunAnew()).isEmpty();
    assertThat(start.unused()).isEmpty();
    assertThat(start.tensor("classifier.weight").floats())
        .isEqualTo(vit.checkpoint().tensor("classifier.weight").floats());
  }

  @Test
  void beginsANewHeadForAnotherNumberOfClassesAndSaysSo() {
    var start = StartingWeights.of(vit, FLOWERS, TrainingPlan.full(), 1);
    assertThat(start.begunAnew()).containsExactlyInAnyOrder("classifier.weight", "classifier.bias");
    assertThat(start.tensor("classifier.weight").shape()).containsExactly(3L, 32L);
    assertThat(start.tensor("classifier.bias").floats()).containsOnly(0);
    assertThat(start.unused()).isEmpty();
  }

  @Test
  void beginsANewHeadWhereTheClassesHaveOtherNames() throws IOException {
    var named = changed(_ -> {}, vit.config().withLabels(FIVE).json().toString());
    assertThat(StartingWeights.of(named, FIVE, TrainingPlan.full(), 1).begunAnew()).isEmpty();
    var others = List.of("v", "w", "x", "y", "z");
    assertThat(StartingWeights.of(named, others, TrainingPlan.full(), 1).begunAnew()).hasSize(2);
  }

  @Test
  void beginsANewHeadWhereTheCheckpointHasNone() throws IOException {
    var headless = changed(tensors -> tensors.keySet().removeIf(n -> n.startsWith("classifier")));
    var start = StartingWeights.of(headless, FIVE, TrainingPlan.full(), 1);
    assertThat(start.begunAnew()).hasSize(2);
    assertThat(start.tensor("classifier.weight").shape()).containsExactly(5L, 32L);
  }

  @Test
  void neverMakesUpATensorOfTheBackbone() throws IOException {
    var name = BLOCK + "output.dense.weight";
    var gap = changed(tensors -> tensors.remove(name));
    assertThatThrownBy(() -> StartingWeights.of(gap, FIVE, TrainingPlan.full(), 1))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(name)
        .hasMessageContaining("missing");
  }

  @Test
  void refusesAnotherShapeThanTheConfigurationSays() throws IOException {
    var name = BLOCK + "output.dense.weight";
    var odd = changed(tensors -> tensors.put(name, Tensor.of(new float[32 * 64], 64, 32)));
    assertThatThrownBy(() -> StartingWeights.of(odd, FIVE, TrainingPlan.full(), 1))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(name)
        .hasMessageContaining("[64, 32]")
        .hasMessageContaining("[32, 64]");
  }

  @Test
  void refusesAHeadThatContradictsItsConfigurationEvenWhereItWouldBeReplaced() throws IOException {
    var odd = changed(tensors -> tensors.put("classifier.weight", Tensor.of(new float[96], 3, 32)));
    for (var labels : List.of(FIVE, FLOWERS))
      assertThatThrownBy(() -> StartingWeights.of(odd, labels, TrainingPlan.full(), 1))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("classifier.weight");
  }

  @Test
  void refusesWeightsThatAreNoFloats() throws IOException {
    var name = BLOCK + "layernorm_before.bias";
    var odd = changed(tensors -> tensors.put(name, Tensor.of(new long[32], 32)));
    assertThatThrownBy(() -> StartingWeights.of(odd, FIVE, TrainingPlan.full(), 1))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(name)
        .hasMessageContaining("I64");
  }

  @Test
  void namesWhatItDoesNotUse() throws IOException {
    var more =
        changed(tensors -> tensors.put("vit.pooler.dense.bias", Tensor.of(new float[32], 32)));
    assertThat(StartingWeights.of(more, FIVE, TrainingPlan.full(), 1).unused())
        .containsExactly("vit.pooler.dense.bias");
  }

  @Test
  void readsABackboneThatWasSavedWithoutAnyHead() throws IOException {
    var bare = renamed(name -> name.startsWith("vit.") ? name.substring(4) : "dropped." + name);
    var start = StartingWeights.of(bare, FLOWERS, TrainingPlan.full(), 1);
    assertThat(start.begunAnew()).hasSize(2);
    assertThat(start.unused())
        .containsExactly("dropped.classifier.bias", "dropped.classifier.weight");
    assertSameBackbone(start);
  }

  @Test
  void readsTheNamesOfTransformersFive() throws IOException {
    var newer = renamed(vit.family().publication().names()::newer);
    var start = StartingWeights.of(newer, FIVE, TrainingPlan.full(), 1);
    assertThat(start.begunAnew()).isEmpty();
    assertThat(start.unused()).isEmpty();
    assertSameBackbone(start);
  }

  @Test
  void refusesATensorInTwoSpellings() throws IOException {
    var name = BLOCK + "output.dense.bias";
    var twice =
        changed(tensors ->
            tensors.put(
                vit.family().publication().names().newer(name),
                java.util.Objects.requireNonNull(tensors.get(name))));
    assertThatThrownBy(() -> StartingWeights.of(twice, FIVE, TrainingPlan.full(), 1))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("twice");
  }

  @Test
  void readsHalfPrecision() throws IOException {
    var half = changed(tensors -> tensors.replaceAll((_, tensor) -> halved(tensor)));
    var start = StartingWeights.of(half, FIVE, TrainingPlan.full(), 1);
    var name = BLOCK + "output.dense.weight";
    assertThat(start.tensor(name).floats())
        .usingComparatorWithPrecision(1e-3f)
        .containsExactly(vit.checkpoint().tensor(name).floats());
  }

  @Test
  void newAdaptersBeginAsPeftBeginsThem() {
    var plan = TrainingPlan.adapting(Lora.of(4, 8, Set.of("query")));
    var start = StartingWeights.of(vit, FIVE, plan, 1);
    var module = BLOCK + "attention.attention.query";
    assertThat(start.tensor(Lora.matrixB(module)).floats()).containsOnly(0);
    var a = start.tensor(Lora.matrixA(module)).floats();
    var bound = (float) (1 / Math.sqrt(32));
    for (float value : a) assertThat(value).isBetween(-bound, bound);
    assertThat(spread(a)).isBetween(bound * 0.45, bound * 0.7); // bound/√3 in the long run
  }

  @Test
  void randomWeightsFollowTheReferenceInitialiser() {
    var family = vit.family();
    var graph = family.graph(TrainingPlan.full(), Mode.EVAL);
    var random = RandomWeights.of(family, graph, 7);
    assertThat(random.names())
        .isEqualTo(Set.copyOf(graph.parameters().stream().map(Parameter::name).toList()));
    for (var name : random.names()) {
      var values = random.tensor(name).floats();
      if (name.contains("layernorm") && name.endsWith("weight"))
        assertThat(values).as(name).containsOnly(1);
      else if (name.endsWith(".bias")) assertThat(values).as(name).containsOnly(0);
      else if (values.length > 500) assertThat(spread(values)).as(name).isBetween(0.018, 0.022);
    }
  }

  @Test
  void randomWeightsDependOnTheSeedAndTheName() {
    var family = vit.family();
    var graph = family.graph(TrainingPlan.full(), Mode.EVAL);
    var name = BLOCK + "output.dense.weight";
    var first = RandomWeights.of(family, graph, 7).tensor(name).floats();
    assertThat(RandomWeights.of(family, graph, 7).tensor(name).floats()).isEqualTo(first);
    assertThat(RandomWeights.of(family, graph, 8).tensor(name).floats()).isNotEqualTo(first);
    var other = name.replace("layer.0", "layer.1");
    assertThat(RandomWeights.of(family, graph, 7).tensor(other).floats()).isNotEqualTo(first);
  }

  private void assertSameBackbone(StartingWeights start) {
    for (var name : vit.checkpoint().names())
      if (name.startsWith("vit."))
        assertThat(start.tensor(name).floats())
            .as(name)
            .isEqualTo(vit.checkpoint().tensor(name).floats());
  }

  private ModelFolder renamed(UnaryOperator<String> rename) throws IOException {
    return changed(tensors -> {
      var before = Map.copyOf(tensors);
      tensors.clear();
      before.forEach((name, tensor) -> tensors.put(rename.apply(name), tensor));
    });
  }

  private ModelFolder changed(Consumer<Map<String, Tensor>> change) throws IOException {
    return changed(change, vit.config().json().toString());
  }

  private ModelFolder changed(Consumer<Map<String, Tensor>> change, String config)
      throws IOException {
    var tensors = new TreeMap<String, Tensor>();
    vit.checkpoint().names().forEach(n -> tensors.put(n, vit.checkpoint().tensor(n)));
    change.accept(tensors);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
    Files.writeString(folder.resolve("config.json"), config);
    return ModelFolder.read(folder, arena);
  }

  private static Tensor halved(Tensor tensor) {
    var floats = tensor.floats();
    var halves = new short[floats.length];
    for (int i = 0; i < halves.length; i++) halves[i] = Float.floatToFloat16(floats[i]);
    return new Tensor(ElementType.F16, tensor.shape(), MemorySegment.ofArray(halves));
  }

  private static double spread(float[] values) {
    double squares = 0;
    for (float value : values) squares += (double) value * value;
    return Math.sqrt(squares / values.length);
  }
}
