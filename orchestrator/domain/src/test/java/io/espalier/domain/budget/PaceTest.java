package io.espalier.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void whatIsLeftLastsAsLongAsAtThePaceBefore() {
    var pace = new Pace(GpuTime.ofHours(2), Duration.ofDays(1));

    assertThat(pace.lasts(GpuTime.ofHours(5))).contains(Duration.ofHours(60));
    assertThat(pace.lasts(GpuTime.ZERO)).contains(Duration.ZERO);
  }

  @Test
  void aFewMinutesSayNothingOfTheDaysToCome() {
    assertThat(new Pace(GpuTime.ofHours(2), Duration.ofMinutes(59)).lasts(GpuTime.ofHours(5)))
        .isEmpty();
  }

  @Test
  void whoSpendsNothingNeverRunsOut() {
    assertThat(new Pace(GpuTime.ZERO, Duration.ofDays(7)).lasts(GpuTime.ofHours(5))).isEmpty();
    assertThat(Pace.UNKNOWN.lasts(GpuTime.ofHours(5))).isEmpty();
  }

  @Test
  void aBudgetForDecadesIsNotForecast() {
    var pace = new Pace(new GpuTime(1), Duration.ofDays(7));

    assertThat(pace.lasts(GpuTime.ofHours(1_000_000))).isEmpty();
  }
}
