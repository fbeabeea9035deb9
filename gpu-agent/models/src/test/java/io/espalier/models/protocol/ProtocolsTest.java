package io.espalier.models.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Part;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Regularisation;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Sgd;
import io.espalier.models.graph.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProtocolsTest {

  @Test
  void linearProbeTrainsTheHeadOnly() throws IOException {
    assertThat(trained(Protocol.LINEAR_PROBE))
        .containsExactlyInAnyOrder("classifier.weight", "classifier.bias");
  }

  @Test
  void partialTrainsTheHeadAndTheUpperHalfOfTheBlocks() throws IOException {
    assertThat(trained(Protocol.PARTIAL))
        .contains("classifier.weight", "vit.layernorm.weight")
        .contains("vit.encoder.layer.1.output.dense.weight")
        .noneMatch(name -> name.startsWith("vit.encoder.layer.0"))
        .noneMatch(name -> name.startsWith("vit.embeddings"));
  }

  @Test
  void loraPutsAdaptersOnEveryLinearLayerOfTheBackboneAndTrainsTheHead() throws IOException {
    var graph = graph(Protocol.LORA, settings -> settings);
    assertThat(graph.plan().lora().orElseThrow().targets()).hasSize(2 * 6);
    assertThat(names(graph.trained())).hasSize(2 * 6 * 2 + 2).contains("classifier.weight");
    assertThat(graph.trained().stream().filter(p -> !Lora.owns(p)).map(Parameter::name))
        .containsExactlyInAnyOrder("classifier.weight", "classifier.bias");
    assertThat(names(graph.frozen()))
        .contains("vit.encoder.layer.0.attention.attention.query.weight");
  }

  @ParameterizedTest
  @EnumSource(names = {"FULL", "LAYER_WISE", "FROM_SCRATCH"})
  void theOthersTrainEverything(Protocol protocol) throws IOException {
    assertThat(graph(protocol, settings -> settings).frozen()).isEmpty();
  }

  @Test
  void layerWiseRatesFallTowardsTheEmbeddings() throws IOException {
    var graph = graph(Protocol.LAYER_WISE, settings -> with(settings, 0.5));
    var rates = new java.util.TreeMap<Double, List<String>>();
    graph
        .groups()
        .forEach((group, members) ->
            rates.merge(group.rateScale(), names(members), ProtocolsTest::joined));
    assertThat(rates.keySet()).containsExactly(0.125, 0.25, 0.5, 1.0);
    assertThat(rates.get(1.0)).contains("classifier.weight", "vit.layernorm.bias");
    assertThat(rates.get(0.5)).allMatch(name -> name.startsWith("vit.encoder.layer.1"));
    assertThat(rates.get(0.125)).allMatch(name -> name.startsWith("vit.embeddings"));
  }

  @ParameterizedTest
  @EnumSource
  void vectorsDoNotDecayAndMatricesDo(Protocol protocol) throws IOException {
    graph(protocol, settings -> settings)
        .groups()
        .forEach((group, members) -> {
          for (var parameter : members)
            assertThat(group.weightDecay())
                .as(parameter.name())
                .isEqualTo(parameter.isVector() ? 0 : 0.05);
        });
  }

  @Test
  void planSmoothsLabelsInTrainingOnly() throws IOException {
    var plan = Protocols.plan(new Training(Protocol.FULL, SETTINGS), vit());
    assertThat(plan.labelSmoothing()).isEqualTo(0.1);
    var forwards = vit().forwards(plan);
    var script =
        io.espalier.models.graph.Script.of(
            vit().graph(plan, Mode.TRAIN), Protocols.optimizer(SETTINGS), forwards);
    var text = script.text();
    assertThat(text.substring(text.indexOf("def gradients"), text.indexOf("def step")))
        .contains("None, 2, -100, 0.1)");
    assertThat(text.substring(text.indexOf("def evaluate"))).contains("None, 2, -100, 0.0)");
    assertThat(forwards).containsKey("evaluate");
  }

  @Test
  void partialTrainsTheHeadAndWhatIsAskedFor() throws IOException {
    assertThat(partial(new Part.LastBlocks(1)))
        .isEqualTo(partial(new Part.UpperHalf()))
        .contains("classifier.bias", "vit.encoder.layer.1.output.dense.weight");
    assertThat(partial(new Part.FirstBlock()))
        .contains("classifier.weight", "vit.embeddings.cls_token")
        .contains("vit.encoder.layer.0.attention.attention.query.weight")
        .noneMatch(name -> name.startsWith("vit.encoder.layer.1"));
    assertThat(partial(new Part.NormsAndBiases()))
        .contains("classifier.weight", "vit.encoder.layer.0.layernorm_before.weight")
        .filteredOn(name -> !name.startsWith("classifier"))
        .allMatch(name -> name.endsWith(".bias") || name.contains("layernorm"));
  }

  @Test
  void refusesBlocksThatTheModelHasNot() {
    for (int blocks : new int[] {0, 3})
      assertThatThrownBy(() -> partial(new Part.LastBlocks(blocks)))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("Found: " + blocks)
          .hasMessageContaining("1 … 2");
  }

  private static List<String> partial(Part part) throws IOException {
    return names(
        graph(Protocol.PARTIAL, settings -> settings.with(settings.reach().with(part))).trained());
  }

  @Test
  void adaptersSitWhereTheyAreAskedFor() throws IOException {
    var graph =
        graph(
            Protocol.LORA,
            settings ->
                settings.with(
                    settings
                        .reach()
                        .with(
                            new Adapters(
                                4,
                                16,
                                0.1,
                                true,
                                List.of("query", "encoder.layer.1.output.dense"),
                                List.of("vit.layernorm", "classifier")))));
    var lora = graph.plan().lora().orElseThrow();
    assertThat(lora.targets())
        .containsExactlyInAnyOrder(
            "vit.encoder.layer.0.attention.attention.query",
            "vit.encoder.layer.1.attention.attention.query",
            "vit.encoder.layer.1.output.dense");
    assertThat(lora.scale("vit.encoder.layer.1.output.dense")).isEqualTo(16 / Math.sqrt(4));
    assertThat(lora.dropout()).isEqualTo(0.1);
    assertThat(graph.trained().stream().filter(p -> !Lora.owns(p)).map(Parameter::name))
        .containsExactlyInAnyOrder(
            "classifier.weight", "classifier.bias", "vit.layernorm.weight", "vit.layernorm.bias");
  }

  @Test
  void refusesAdaptersBesideModulesThatTheModelHasNotOrTrainsWhole() {
    assertThatThrownBy(() -> adapted(List.of("q_proj"), List.of()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("q_proj")
        .hasMessageContaining("query, value");
    assertThatThrownBy(() -> adapted(List.of(), List.of("score")))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("modules_to_save");
    assertThatThrownBy(() -> adapted(List.of("classifier"), List.of()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("trains whole already");
  }

  private static void adapted(List<String> targets, List<String> saved) throws IOException {
    graph(
        Protocol.LORA,
        settings ->
            settings.with(settings.reach().with(new Adapters(4, 8, 0, false, targets, saved))));
  }

  @Test
  void textsAreNotChangedStrongly() throws IOException {
    var bert = Families.of(ModelConfig.read(Path.of("src/test/resources/bert/config.json")));
    var strong = SETTINGS.with(SETTINGS.regularisation().with(Augmentation.Strong.USUAL));
    assertThatThrownBy(() -> Protocols.plan(new Training(Protocol.FROM_SCRATCH, strong), bert))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("bert");
    assertThat(Protocols.plan(new Training(Protocol.FROM_SCRATCH, strong), vit()).mixesLabels())
        .isTrue();
  }

  @Test
  void theOptimizerIsTheOneThatIsAskedFor() {
    assertThat(Protocols.optimizer(SETTINGS)).isEqualTo(AdamW.UNCLIPPED.clippedAt(1));
    var descent = new Optimization(new Optimization.Sgd(0.8, true), 0, 5);
    assertThat(Protocols.optimizer(SETTINGS.with(descent))).isEqualTo(new Sgd(0.8, true, 5));
  }

  @Test
  void halfPrecisionKeepsWhatTrainsAndNormsIn32Bits() throws IOException {
    var graph = graph(Protocol.LORA, settings -> settings.with(new Numerics(Precision.BF16, true)));
    assertThat(graph.plan().recompute()).isTrue();
    for (var parameter : graph.parameters())
      assertThat(parameter.type())
          .as(parameter.name())
          .isEqualTo(
              graph.trained().contains(parameter) || parameter.isVector() ? DType.F32 : DType.BF16);
  }

  private static final Settings SETTINGS =
      Settings.of(Schedule.linear(1e-3, 0, 10), 8, 1)
          .with(Numerics.F32)
          .with(Optimization.ADAMW.decaying(0.05))
          .with(Reach.DEFAULT.with(Adapters.ofRank(4)))
          .with(new Regularisation(0.1, new Augmentation.None()));

  private static Settings with(Settings settings, double layerDecay) {
    return settings.with(settings.reach().with(new LayerRates.ByDepth(layerDecay)));
  }

  private static List<String> trained(Protocol protocol) throws IOException {
    return names(graph(protocol, settings -> settings).trained());
  }

  private static Graph graph(Protocol protocol, UnaryOperator<Settings> change) throws IOException {
    TrainingPlan plan = Protocols.plan(new Training(protocol, change.apply(SETTINGS)), vit());
    return vit().graph(plan, Mode.TRAIN);
  }

  private static List<String> names(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::name).toList();
  }

  private static List<String> joined(List<String> a, List<String> b) {
    return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
  }

  private static Family vit() throws IOException {
    return Families.of(ModelConfig.read(Path.of("src/test/resources/vit/config.json")));
  }
}
