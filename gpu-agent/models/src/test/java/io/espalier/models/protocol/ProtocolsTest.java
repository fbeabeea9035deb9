package io.espalier.models.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
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

  private static final Settings SETTINGS =
      new Settings(1e-3, 0.05, 1, 4, 8, 10, 8, 0, 1, 0.1, false, 5, 5, 1);

  private static Settings with(Settings s, double layerDecay) {
    return new Settings(
        s.learningRate(),
        s.weightDecay(),
        layerDecay,
        s.loraRank(),
        s.loraAlpha(),
        s.maxSteps(),
        s.batchSize(),
        s.warmupSteps(),
        s.maxGradNorm(),
        s.labelSmoothing(),
        s.augment(),
        s.evalSteps(),
        s.saveSteps(),
        s.seed());
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
