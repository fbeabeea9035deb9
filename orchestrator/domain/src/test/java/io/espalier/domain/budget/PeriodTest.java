package io.espalier.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.budget.Period.Length;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PeriodTest {

  private static final Amount ALLOWANCE = Amount.of(GpuTime.ofHours(100));

  @Test
  void monthsThatBeganOnThe31stEndOnTheLastDayAndOnThe31stAgain() {
    var first = Instant.parse("2027-01-31T10:00:00Z");

    var february = Length.MONTH.endAfter(first, first);
    var march = Length.MONTH.endAfter(first, february);

    assertThat(february).isEqualTo("2027-02-28T10:00:00Z");
    assertThat(march).isEqualTo("2027-03-31T10:00:00Z");
    assertThat(Length.WEEK.endAfter(first, first)).isEqualTo("2027-02-07T10:00:00Z");
    assertThat(Length.QUARTER.endAfter(first, first)).isEqualTo("2027-04-30T10:00:00Z");
    assertThat(Length.YEAR.endAfter(first, first)).isEqualTo("2028-01-31T10:00:00Z");
  }

  @Test
  void whatIsFreeExpiresExceptForWhatIsCarriedOver() {
    var balance =
        Balance.NOTHING
            .after(EntryKind.CREDIT, new Amount(GpuTime.ofSeconds(1000), Money.of(10)))
            .flatMap(funded -> funded.after(EntryKind.HOLD, amount(200)))
            .orElseThrow();

    assertThat(new Period(Length.MONTH, ALLOWANCE, 0).expiring(balance))
        .isEqualTo(new Amount(GpuTime.ofSeconds(800), Money.of(10)));
    assertThat(new Period(Length.MONTH, ALLOWANCE, 25).expiring(balance))
        .isEqualTo(new Amount(GpuTime.ofSeconds(600), Money.of(7.5)));
    assertThat(new Period(Length.MONTH, ALLOWANCE, 100).expiring(balance))
        .isEqualTo(Amount.NOTHING);
  }

  @Test
  void anOverdraftIsNeitherCarriedOverNorExpires() {
    var balance =
        Balance.NOTHING
            .after(EntryKind.CREDIT, amount(100))
            .flatMap(funded -> funded.after(EntryKind.OVERDRAFT, amount(50)))
            .flatMap(over -> over.after(EntryKind.HOLD, amount(120)))
            .orElseThrow();

    assertThat(new Period(Length.MONTH, ALLOWANCE, 0).expiring(balance)).isEqualTo(Amount.NOTHING);
  }

  @Test
  void aShareIsAPercentage() {
    assertThatThrownBy(() -> new Period(Length.MONTH, ALLOWANCE, 101))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Period(Length.MONTH, amount(-1), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Amount amount(int seconds) {
    return Amount.of(GpuTime.ofSeconds(seconds));
  }
}
