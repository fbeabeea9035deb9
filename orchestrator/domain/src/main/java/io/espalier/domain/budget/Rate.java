package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;

/**
 * What a slot of a pool costs. A lease keeps the rate of its grant for as long as it lives.
 *
 * @param perHour money for one GPU-hour
 */
public record Rate(Money perHour) {

  /** Of a pool that has no rate. */
  public static final Rate FREE = new Rate(Money.ZERO);

  private static final long MILLIS = 3_600_000;

  public Rate {
    if (perHour.micros() < 0) {
      throw new IllegalArgumentException("A rate is not negative: " + perHour);
    }
  }

  /**
   * What {@code time} costs, rounded up to a millionth: parts never cost less than their whole, so
   * what is settled of a hold is never more than what was held.
   */
  public Money price(GpuTime time) {
    long hours = time.millis() / MILLIS;
    long rest = time.millis() % MILLIS;
    long whole = Math.multiplyExact(hours, perHour.micros());
    return new Money(
        Math.addExact(whole, Math.ceilDiv(Math.multiplyExact(rest, perHour.micros()), MILLIS)));
  }

  public Amount amount(GpuTime time) {
    return new Amount(time, price(time));
  }

  /** The most time whose price is not more than {@code money}. */
  public GpuTime affordable(Money money) {
    if (perHour.micros() == 0) return new GpuTime(Long.MAX_VALUE);
    if (money.micros() <= 0) return GpuTime.ZERO;
    long hours = money.micros() / perHour.micros();
    if (hours >= Long.MAX_VALUE / MILLIS - 1) return new GpuTime(Long.MAX_VALUE);
    long rest = money.micros() % perHour.micros();
    return new GpuTime(hours * MILLIS + Math.multiplyExact(rest, MILLIS) / perHour.micros());
  }
}
