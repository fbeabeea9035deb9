package io.espalier.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Batching;
import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Memory;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Sgd;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.Golden;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MicroBatchTest {

  private static final Map<String, Long> ONE = Map.of("B", 1L);
  private static final long OVERHEAD = 600L << 20;

  private static Graph graph() throws IOException {
    var config = ModelConfig.read(Golden.folder("vit").resolve("config.json"));
    return Families.of(config).graph(TrainingPlan.full(), Mode.TRAIN);
  }

  private static MicroBatch of(Batching batching, OptionalLong memory) throws IOException {
    return MicroBatch.of(batching, 64, graph(), AdamW.UNCLIPPED, Device.CPU, ONE, memory);
  }

  private static long peak(long samples) throws IOException {
    return Memory.of(graph(), AdamW.UNCLIPPED, Device.CPU, Map.of("B", samples)).peak();
  }

  @Test
  void takesAllAtOnceWhereTheMemorySuffices() throws IOException {
    assertThat(of(Batching.of(64), OptionalLong.of(OVERHEAD + peak(64))).samples()).isEqualTo(64);
    assertThat(of(Batching.of(64), OptionalLong.empty()).samples()).isEqualTo(64);
  }

  @Test
  void halvesUntilAStepFits() throws IOException {
    long sums = graph().trained().stream().mapToLong(Parameter::bytes).sum();
    var found = of(Batching.of(64), OptionalLong.of(OVERHEAD + sums + peak(20)));
    assertThat(found.samples()).isEqualTo(16);
    assertThat(found.predicted().count()).as("and what is added up").isEqualTo(sums + peak(16));
  }

  @Test
  void doesAsToldWhateverTheMemory() throws IOException {
    assertThat(of(new Batching(64, 8), OptionalLong.of(1)).samples()).isEqualTo(8);
  }

  @Test
  void refusesAModelOfWhichNotOneSampleFits() {
    assertThatThrownBy(() -> of(Batching.of(64), OptionalLong.of(OVERHEAD + peak(1) / 2)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("never spread");
  }

  @Test
  void theHostTellsWhatItHas() throws IOException {
    var available = MicroBatch.available();
    if (available.isPresent()) assertThat(available.getAsLong()).isPositive();
  }

  @Test
  void momentumAloneKeepsHalfOfWhatAdamKeeps() throws IOException {
    var adam = Memory.of(graph(), AdamW.UNCLIPPED, Device.CPU, ONE);
    var momentum = Memory.of(graph(), new Sgd(0.9, false, 1), Device.CPU, ONE);
    assertThat(momentum.optimizer()).isPositive().isEqualTo(adam.optimizer() / 2);
    assertThat(momentum.peak()).isEqualTo(adam.peak() - adam.optimizer() / 2);
  }
}
