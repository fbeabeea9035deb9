package io.espalier.models.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.json.StrictJson;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The four readings of ViT's graph: text, cost, parameters, picture. */
class ReadingsTest {

  private static final Map<String, Long> BATCH = Map.of("B", 16L);

  /** Bytes that torch 2.13 itself saved for backward, counted by its hooks; one scalar aside. */
  @ParameterizedTest
  @CsvSource({
    "0.0, full, 326574468",
    "0.0, last_half, 161710980",
    "0.0, lora, 214841092",
    "0.0, linear_probe, 3228420",
    "0.1, full, 547063172",
    "0.1, last_half, 270341508",
    "0.1, lora, 409508612",
    "0.1, linear_probe, 3228420",
  })
  void savedBytesAreThoseThatTorchSaves(double dropout, String plan, long torch) {
    var cost = Cost.of(vit(dropout).graph(plan(plan), Mode.TRAIN), Device.CPU);
    assertThat(cost.savedBytes(BATCH)).isEqualTo(torch - 4);
  }

  @Test
  void flopsGrowWithTheBatchAndBackwardCostsTwiceTheForwardWhereAllTrains() {
    var cost = Cost.of(vit(0).graph(TrainingPlan.full(), Mode.TRAIN), Device.CPU);
    long forward = cost.forwardFlops().at(BATCH), backward = cost.backwardFlops().at(BATCH);
    // 2 × weights of matrices × tokens, and the attention itself: 12·256² per block and token
    long matrices = 16L * 197 * 6 * 12 * 256 * 256 * 2;
    assertThat(forward).isBetween(matrices, matrices * 3 / 2);
    assertThat((double) backward / forward).isBetween(1.9, 2.1);
    assertThat(cost.forwardFlops().at(Map.of("B", 32L))).isEqualTo(2 * forward);
  }

  @Test
  void aFrozenPrefixCostsNoBackward() {
    var probe = Cost.of(vit(0).graph(plan("linear_probe"), Mode.TRAIN), Device.CPU);
    assertThat(probe.backwardFlops().at(BATCH)).isLessThan(probe.forwardFlops().at(BATCH) / 1000);
    assertThat(probe.optimizerBytes()).isEqualTo(2 * probe.gradientBytes());
    assertThat(probe.gradientBytes()).isEqualTo(4 * (10 * 256 + 10));
  }

  @Test
  void recomputationSavesBytesAndCostsFlops() {
    var plain = Cost.of(vit(0).graph(TrainingPlan.full(), Mode.TRAIN), Device.CPU);
    var again = Cost.of(vit(0).graph(TrainingPlan.full().recomputing(), Mode.TRAIN), Device.CPU);
    assertThat(again.savedBytes(BATCH)).isLessThan(plain.savedBytes(BATCH) / 3);
    assertThat(again.backwardFlops().at(BATCH)).isGreaterThan(plain.backwardFlops().at(BATCH));
    assertThat(again.forwardFlops()).isEqualTo(plain.forwardFlops());
  }

  @Test
  void textIsTheSameEveryTime() {
    for (var plan : List.of("full", "lora", "linear_probe")) {
      var first = script(plan(plan)).text();
      assertThat(script(plan(plan)).text()).isEqualTo(first);
    }
  }

  @Test
  void textOfALinearProbeRunsTheBackboneWithoutGradients() {
    var text = script(plan("linear_probe")).text();
    var gradients = text.substring(text.indexOf("def gradients"), text.indexOf("def step"));
    var off = gradients.indexOf("set_grad_enabled(False)");
    var on = gradients.indexOf("set_grad_enabled(True)");
    assertThat(off).isPositive();
    assertThat(gradients.substring(off, on)).contains("scaled_dot_product_attention");
    assertThat(gradients.substring(on)).doesNotContain("scaled_dot_product_attention");
  }

  @Test
  void textOfAModelThatOnlyComputesHasNoTraining() {
    assertThat(script(TrainingPlan.nothing()).text())
        .contains("def predict(")
        .doesNotContain("def step(")
        .doesNotContain("_fused_adamw_(");
  }

  @Test
  void forwardsMustHaveTheParametersOfTheGraphThatTrains() {
    var training = vit(0).graph(TrainingPlan.full(), Mode.TRAIN);
    var other = new TreeMap<String, Graph>(vit(0).withLabels(3).forwards(TrainingPlan.full()));
    assertThatThrownBy(() -> Script.of(training, AdamW.UNCLIPPED, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other parameters");
  }

  @Test
  void groupsKeepEveryTrainedParameterOnce() {
    var graph =
        vit(0).graph(TrainingPlan.full().layerWise(0.5).withoutDecayOfVectors(), Mode.TRAIN);
    var grouped = graph.groups().values().stream().flatMap(List::stream).toList();
    assertThat(grouped).doesNotHaveDuplicates().hasSameElementsAs(graph.parameters());
    // embeddings, six blocks and the head, each with and without decay
    assertThat(graph.groups().keySet()).hasSize(2 * 8);
    assertThat(graph.groups().keySet()).contains(new TrainingPlan.Group(Math.pow(0.5, 7), 0));
  }

  @Test
  void pictureShowsWhatTrains() {
    assertThat(Picture.of(vit(0).graph(plan("last_half"), Mode.TRAIN)).lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("░░░░ embeddings").contains("trains           0"),
            line -> assertThat(line).startsWith("░░░░ layer_0 … layer_2").contains("× 3"),
            line -> assertThat(line).startsWith("████ layer_3 … layer_5").contains("789,760"),
            line -> assertThat(line).startsWith("████ head").contains("3,082"));
  }

  private static Script script(TrainingPlan plan) {
    return Script.of(vit(0.1).graph(plan, Mode.TRAIN), AdamW.UNCLIPPED, vit(0.1).forwards(plan));
  }

  private static TrainingPlan plan(String name) {
    return switch (name) {
      case "full" -> TrainingPlan.full();
      case "last_half" -> TrainingPlan.top(3);
      case "linear_probe" -> TrainingPlan.only(List.of("classifier"));
      case "lora" -> TrainingPlan.adapting(Lora.of(8, 16, Set.of("query", "value")));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** 6 blocks of 256, 224² pixels, patches of 16², 10 classes. */
  private static Family vit(double dropout) {
    var config =
        """
        {"model_type": "vit", "image_size": 224, "patch_size": 16, "hidden_size": 256,
         "num_hidden_layers": 6, "num_attention_heads": 4, "intermediate_size": 1024,
         "num_labels": 10, "hidden_dropout_prob": %1$s, "attention_probs_dropout_prob": %1$s}
        """
            .formatted(dropout);
    return Families.of(ModelConfig.of(StrictJson.object("config.json", config)));
  }
}
