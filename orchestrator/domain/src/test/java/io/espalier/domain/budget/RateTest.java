package io.espalier.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTest {

  @Test
  void anHourCostsItsRateAndPartsAreRoundedUp() {
    var rate = new Rate(Money.of(2.5));

    assertThat(rate.price(GpuTime.ofHours(1))).isEqualTo(Money.of(2.5));
    assertThat(rate.price(GpuTime.ofHours(1000.5))).isEqualTo(Money.of(2501.25));
    assertThat(rate.price(new GpuTime(1))).isEqualTo(new Money(1));
    assertThat(rate.price(GpuTime.ZERO)).isEqualTo(Money.ZERO);
    assertThat(Rate.FREE.price(GpuTime.ofHours(1))).isEqualTo(Money.ZERO);
  }

  @Test
  void whatIsAffordableIsTheMostThatCanBePaidFor() {
    var random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      var rate = new Rate(new Money(1 + random.nextLong(100_000_000)));
      var money = new Money(random.nextLong(1_000_000_000_000L));
      var time = rate.affordable(money);

      assertThat(rate.price(time)).isLessThanOrEqualTo(money);
      assertThat(rate.price(time.plus(new GpuTime(1)))).isGreaterThan(money);
    }
  }

  @Test
  void partsNeverCostLessThanTheirWhole() {
    var random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      var rate = new Rate(new Money(random.nextLong(100_000_000)));
      var one = new GpuTime(random.nextLong(10_000_000));
      var other = new GpuTime(random.nextLong(10_000_000));

      assertThat(rate.price(one).plus(rate.price(other)))
          .isGreaterThanOrEqualTo(rate.price(one.plus(other)));
    }
  }

  @Test
  void withoutALimitInMoneyTimeAloneDecides() {
    var rate = new Rate(new Money(1));

    assertThat(rate.affordable(Money.UNLIMITED)).isGreaterThan(GpuTime.ofHours(1e6));
    assertThat(Rate.FREE.affordable(Money.ZERO)).isGreaterThan(GpuTime.ofHours(1e6));
    assertThat(new Amount(GpuTime.ofHours(3), Money.UNLIMITED).payable(rate))
        .isEqualTo(GpuTime.ofHours(3));
    assertThat(new Amount(GpuTime.ofHours(3), Money.ZERO).payable(rate)).isEqualTo(GpuTime.ZERO);
  }

  @Test
  void aRateIsNotNegative() {
    assertThatThrownBy(() -> new Rate(new Money(-1))).isInstanceOf(IllegalArgumentException.class);
  }
}
