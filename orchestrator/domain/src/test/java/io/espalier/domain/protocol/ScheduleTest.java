package io.espalier.domain.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.domain.protocol.Schedule.Decay;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleTest {

  @ParameterizedTest
  @EnumSource
  void risesStraightToThePeakAndNeverStandsStill(Decay decay) {
    var schedule = new Schedule(0.4, 4, 12, 8, decay);
    assertThat(IntStream.rangeClosed(1, 4).mapToObj(schedule::rate))
        .containsExactly(0.1, 0.2, 0.30000000000000004, 0.4);
    assertThat(schedule.rate(5)).isEqualTo(0.4, within(1e-12));
    for (int step = 1; step <= 12; step++) assertThat(schedule.rate(step)).isBetween(0.001, 0.4);
  }

  @Test
  void fallsLinearlyAsHuggingFaceDoes() {
    var schedule = Schedule.linear(1, 0, 4);
    assertThat(IntStream.rangeClosed(1, 4).mapToObj(schedule::rate))
        .containsExactly(1.0, 0.75, 0.5, 0.25);
  }

  @Test
  void fallsAsHalfACosine() {
    var schedule = Schedule.cosine(1, 0, 4);
    assertThat(schedule.rate(1)).isEqualTo(1, within(1e-12));
    assertThat(schedule.rate(3)).isEqualTo(0.5, within(1e-12));
  }

  @Test
  void staysConstant() {
    assertThat(Schedule.constant(0.3, 0, 9).rate(9)).isEqualTo(0.3);
  }

  @Test
  void staysConstantUntilItFallsOverItsLastSteps() {
    var schedule = new Schedule(1, 2, 10, 4, Decay.LINEAR);
    assertThat(IntStream.rangeClosed(1, 10).mapToObj(schedule::rate))
        .containsExactly(0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25);
  }

  @Test
  void aUsualWarmupIsAShareOfTheStepsWithinLimits() {
    assertThat(IntStream.of(5, 100, 1000, 100_000).mapToObj(Schedule::usualWarmup))
        .containsExactly(5, 10, 80, 500);
  }
}
