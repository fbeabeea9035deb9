package io.espalier.domain.selection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepPlanTest {

  @ParameterizedTest
  @CsvSource({"40, 32, 100", "600, 32, 563", "1000, 64, 313", "6000, 64, 313", "20000, 64, 938"})
  void littleDataIsPassedOftenAndMuchDataThreeTimes(int samples, int batch, int steps) {
    assertThat(StepPlan.wantedSteps(samples, batch)).isEqualTo(steps);
  }

  @Test
  void moreDataNeverWantsFewerStepsOfTheSameSize() {
    int before = 0;
    for (int samples = 1; samples < 30_000; samples++) {
      int steps = StepPlan.wantedSteps(samples, 32);
      assertThat(steps).isGreaterThanOrEqualTo(before);
      before = steps;
    }
  }
}
