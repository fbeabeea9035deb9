package io.espalier.domain.selection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepPlanTest {

  @ParameterizedTest
  @CsvSource({
    "40, 32, 100",
    "800, 32, 750",
    "1000, 64, 469",
    "6000, 64, 469",
    "10000, 64, 469",
    "20000, 64, 938"
  })
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
