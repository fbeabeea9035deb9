package io.espalier.domain.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * An amount of money, in millionths of whatever unit the house counts in. On the wire it is the
 * bare number.
 */
public record Money(@JsonValue long micros) implements Comparable<Money> {

  public static final Money ZERO = new Money(0);

  /** What an account has that sets no limit of its own; adding to it or taking from it is safe. */
  public static final Money UNLIMITED = new Money(Long.MAX_VALUE / 2);

  private static final double MICROS = 1e6;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Money {}

  public static Money of(double units) {
    return new Money(Math.round(units * MICROS));
  }

  public Money plus(Money other) {
    return new Money(Math.addExact(micros, other.micros));
  }

  public Money minus(Money other) {
    return new Money(Math.subtractExact(micros, other.micros));
  }

  public Money atMost(Money limit) {
    return micros <= limit.micros ? this : limit;
  }

  public boolean isMoreThan(Money other) {
    return micros > other.micros;
  }

  public double units() {
    return micros / MICROS;
  }

  @Override
  public int compareTo(Money other) {
    return Long.compare(micros, other.micros);
  }

  /** For people: {@code 12.50}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%,.2f", units());
  }
}
