package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import java.time.Duration;

/**
 * How leases are funded.
 *
 * @param slice work that one hold pays for
 * @param reserve held on top, so that the last checkpoint is always paid for
 * @param startUp from a grant until a trainer's first step
 */
public record Terms(Duration slice, Duration reserve, Duration startUp) {

  public Terms {
    if (!slice.isPositive() || reserve.isNegative() || startUp.isNegative()) {
      throw new IllegalArgumentException(
          "A slice is positive, reserve and start-up are not negative: "
              + slice
              + ", "
              + reserve
              + ", "
              + startUp);
    }
  }

  /** The hold of a whole slice. */
  public GpuTime fullHold(int slots) {
    return GpuTime.of(slots, slice.plus(reserve));
  }

  /**
   * What must be fundable before a start is worth it, given the work until the first checkpoint.
   */
  public GpuTime startNeed(int slots, Duration untilCheckpoint) {
    return GpuTime.of(slots, startUp.plus(untilCheckpoint).plus(reserve));
  }

  /**
   * The first hold of a lease: a whole slice, or all that is left if that pays for a start; zero if
   * it does not.
   */
  public GpuTime firstHold(int slots, GpuTime need, GpuTime free) {
    var full = fullHold(slots);
    if (!full.isMoreThan(free)) return full;
    return need.isMoreThan(free) ? GpuTime.ZERO : free;
  }
}
