package io.espalier.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void whatIsLeftLastsAsLongAsAtThePaceBefore() {
    var pace = new Pace(hours(2), Duration.ofDays(1));

    assertThat(pace.lasts(hours(5))).contains(Duration.ofHours(60));
    assertThat(pace.lasts(Amount.NOTHING)).contains(Duration.ZERO);
  }

  @Test
  void aFewMinutesSayNothingOfTheDaysToCome() {
    assertThat(new Pace(hours(2), Duration.ofMinutes(59)).lasts(hours(5))).isEmpty();
  }

  @Test
  void whoSpendsNothingNeverRunsOut() {
    assertThat(new Pace(Amount.NOTHING, Duration.ofDays(7)).lasts(hours(5))).isEmpty();
    assertThat(Pace.UNKNOWN.lasts(hours(5))).isEmpty();
  }

  @Test
  void aBudgetForDecadesIsNotForecast() {
    var pace = new Pace(Amount.of(new GpuTime(1)), Duration.ofDays(7));

    assertThat(pace.lasts(hours(1_000_000))).isEmpty();
  }

  @Test
  void theUnitThatIsUsedUpFirstDecides() {
    var pace = new Pace(new Amount(GpuTime.ofHours(2), Money.of(6)), Duration.ofDays(1));

    assertThat(pace.lasts(new Amount(GpuTime.ofHours(20), Money.of(12))))
        .contains(Duration.ofDays(2));
  }

  private static Amount hours(double hours) {
    return Amount.of(GpuTime.ofHours(hours));
  }
}
