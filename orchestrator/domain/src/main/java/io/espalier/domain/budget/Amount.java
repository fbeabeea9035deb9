package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;

/** GPU time and what it costs: the two units of every account. */
public record Amount(GpuTime time, Money money) {

  public static final Amount NOTHING = new Amount(GpuTime.ZERO, Money.ZERO);

  public static Amount of(GpuTime time) {
    return new Amount(time, Money.ZERO);
  }

  public static Amount of(Money money) {
    return new Amount(GpuTime.ZERO, money);
  }

  public Amount plus(Amount other) {
    return new Amount(time.plus(other.time), money.plus(other.money));
  }

  public Amount minus(Amount other) {
    return new Amount(time.minus(other.time), money.minus(other.money));
  }

  /** Unit by unit the smaller of the two. */
  public Amount atMost(Amount limit) {
    return new Amount(time.atMost(limit.time), money.atMost(limit.money));
  }

  /** Whether {@code other} can be taken out of this in both units. */
  public boolean covers(Amount other) {
    return !other.time.isMoreThan(time) && !other.money.isMoreThan(money);
  }

  public boolean isNothing() {
    return equals(NOTHING);
  }

  public boolean isNegative() {
    return GpuTime.ZERO.isMoreThan(time) || Money.ZERO.isMoreThan(money);
  }

  /** The GPU time that this pays for at a rate: the scarcer of the two units decides. */
  public GpuTime payable(Rate rate) {
    return time.atMost(rate.affordable(money));
  }

  /** For people: {@code 2.00 GPU-h}, {@code 12.50 of money}, or both. */
  @Override
  public String toString() {
    if (money.equals(Money.ZERO)) return time.toString();
    if (time.equals(GpuTime.ZERO)) return money + " of money";
    return time + " and " + money + " of money";
  }
}
