package io.espalier.domain.budget;

import java.util.List;

/** How much of an account is used up: the share of the unit that is scarcer. */
public record Usage(double share) {

  /** Percentages at which people are warned. */
  public static final List<Integer> WARNINGS = List.of(50, 80, 95);

  /**
   * Spent and held of what was funded; all of it where nothing was funded and something is used.
   */
  public static Usage of(Balance balance) {
    return new Usage(
        Math.max(
            share(
                balance.spent().time().millis() + balance.held().time().millis(),
                balance.funded().time().millis()),
            share(
                balance.spent().money().micros() + balance.held().money().micros(),
                balance.funded().money().micros())));
  }

  private static double share(long used, long funded) {
    return used == 0 ? 0 : funded == 0 ? 1 : (double) used / funded;
  }

  /** The highest warning that is due, as a percentage; 0 for none. */
  public int warning() {
    return WARNINGS.stream().filter(percent -> share * 100 >= percent).reduce(0, Math::max);
  }
}
