package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * What a team is given again and again.
 *
 * @param allowance credited when a period begins
 * @param carryPercent of what is free at the end of a period, how much stays; the rest expires
 */
public record Period(Length every, Amount allowance, int carryPercent) {

  /** Periods follow the calendar of UTC, from whatever day the first one began. */
  public enum Length {
    WEEK,
    MONTH,
    QUARTER,
    YEAR;

    /**
     * The end of the period that holds {@code now}, when periods began at {@code first}: counted
     * from there, so that one that began on the 31st ends on the last day of shorter months and on
     * the 31st again.
     */
    public Instant endAfter(Instant first, Instant now) {
      var began = first.atZone(ZoneOffset.UTC);
      for (long n = 1; ; n++) {
        var end =
            switch (this) {
              case WEEK -> began.plusWeeks(n);
              case MONTH -> began.plusMonths(n);
              case QUARTER -> began.plusMonths(3 * n);
              case YEAR -> began.plusYears(n);
            };
        if (end.toInstant().isAfter(now)) return end.toInstant();
      }
    }
  }

  public Period {
    if (allowance.isNegative() || carryPercent < 0 || carryPercent > 100) {
      throw new IllegalArgumentException(
          "An allowance is not negative and a share is 0 to 100 %%: %s, %d"
              .formatted(allowance, carryPercent));
    }
  }

  /** What expires of {@code balance} at the end of a period; an overdraft is no part of it. */
  public Amount expiring(Balance balance) {
    var own = balance.funded().minus(balance.held()).minus(balance.spent());
    var left =
        new Amount(
            own.time().isMoreThan(GpuTime.ZERO) ? own.time() : GpuTime.ZERO,
            own.money().isMoreThan(Money.ZERO) ? own.money() : Money.ZERO);
    return new Amount(
        new GpuTime(expiring(left.time().millis())), new Money(expiring(left.money().micros())));
  }

  /** Rounded down: what cannot be divided stays with the team. */
  private long expiring(long left) {
    return BigInteger.valueOf(left)
        .multiply(BigInteger.valueOf(100L - carryPercent))
        .divide(BigInteger.valueOf(100))
        .longValueExact();
  }
}
