package io.espalier.domain.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Numerics.Precision;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class TrainingTest {

  private static final Settings PLAIN = Settings.of(Schedule.linear(1e-3, 10, 100), 32, 1);

  @ParameterizedTest
  @EnumSource
  void theUsualSettingsOfEachProtocolAreSound(Protocol protocol) {
    var training = usual(protocol);
    assertThat(training.checked()).isSameAs(training);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong(Protocol.FULL, s -> s.with(Schedule.linear(0, 10, 100)), "learning_rate"),
        wrong(Protocol.FULL, s -> s.with(Schedule.linear(Double.NaN, 10, 100)), "learning_rate"),
        wrong(Protocol.FULL, s -> s.with(Schedule.linear(1e-3, 101, 100)), "warmup_steps"),
        wrong(
            Protocol.FULL,
            s -> s.with(new Schedule(1e-3, 10, 100, 91, Schedule.Decay.LINEAR)),
            "decay_steps"),
        wrong(Protocol.FULL, s -> s.with(new Batching(8, 9)), "micro_batch"),
        wrong(
            Protocol.FULL,
            s -> s.with(new Optimization(new Optimization.Sgd(1, false), 0, 1)),
            "momentum"),
        wrong(Protocol.FULL, s -> s.with(s.reach().with(Adapters.ofRank(4))), "lora"),
        wrong(Protocol.LORA, s -> s, "lora"),
        wrong(Protocol.LORA, s -> s.with(s.reach().with(Adapters.ofRank(0))), "lora_rank"),
        wrong(Protocol.LAYER_WISE, s -> s, "layer rates"),
        wrong(
            Protocol.FULL, s -> s.with(s.reach().with(LayerRates.ByGradient.USUAL)), "layer rates"),
        wrong(Protocol.FULL, s -> s.with(new Looks(1, 1, -1)), "patience"),
        wrong(
            Protocol.FROM_SCRATCH,
            s ->
                s.with(
                    s.regularisation()
                        .with(new Augmentation.Strong(0, Augmentation.Flips.NEVER, 2, 9, 0.2, 1))),
            "smallest crop"));
  }

  private static Arguments wrong(
      Protocol protocol, UnaryOperator<Settings> change, String setting) {
    return Arguments.of(new Training(protocol, change.apply(PLAIN)), setting);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aSettingThatCannotBeIsNamed(Training training, String setting) {
    assertThatThrownBy(training::checked)
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith(setting + ": ");
  }

  @Test
  void everyPartTravelsAsJson() {
    var settings =
        PLAIN
            .with(new Schedule(2e-4, 3, 40, 9, Schedule.Decay.COSINE))
            .with(new Batching(64, 8))
            .with(new Optimization(new Optimization.Sgd(0.8, true), 5e-4, 2))
            .with(
                new Reach(
                    new Part.LastBlocks(2),
                    new LayerRates.ByGradient(3),
                    new Adapters(4, 16, 0.1, true, List.of("q_proj"), List.of("classifier")),
                    Reach.HeadStart.PROBE))
            .with(new Regularisation(0.1, Augmentation.Strong.USUAL))
            .with(new Numerics(Precision.BF16, true))
            .with(new Looks(5, 7, 3));
    var training = new Training(Protocol.LAYER_WISE, settings);
    var json = new JsonMapper();
    assertThat(json.readValue(json.writeValueAsBytes(training), Training.class))
        .isEqualTo(training);
  }

  @Test
  void aDeviceSettlesOnlyWhatWasLeftToIt() {
    var left = new Training(Protocol.FULL, PLAIN.with(new Numerics(Precision.AUTO, true)));
    assertThat(left.in(Precision.BF16).settings().numerics())
        .isEqualTo(new Numerics(Precision.BF16, true));
    var asked = new Training(Protocol.FULL, PLAIN.with(Numerics.F32));
    assertThat(asked.in(Precision.BF16)).isEqualTo(asked);
  }

  private static Training usual(Protocol protocol) {
    return new Training(
        protocol,
        switch (protocol) {
          case LORA -> PLAIN.with(PLAIN.reach().with(Adapters.ofRank(8)));
          case LAYER_WISE -> PLAIN.with(PLAIN.reach().with(new LayerRates.ByDepth(0.75)));
          case FROM_SCRATCH -> PLAIN.with(PLAIN.regularisation().with(Augmentation.Strong.USUAL));
          case LINEAR_PROBE, PARTIAL, FULL -> PLAIN;
        });
  }
}
