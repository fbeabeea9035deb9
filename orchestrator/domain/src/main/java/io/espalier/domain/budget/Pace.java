package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.util.Optional;

/** How fast a budget is spent: {@code spent} over the last {@code over}. */
public record Pace(GpuTime spent, Duration over) {

  public static final Pace UNKNOWN = new Pace(GpuTime.ZERO, Duration.ZERO);

  /** A shorter look back says nothing of the days to come. */
  private static final Duration SHORTEST = Duration.ofHours(1);

  /** What lasts longer will be decided on by others. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  /** How long {@code free} lasts at this pace; empty where that is no more than a guess. */
  public Optional<Duration> lasts(GpuTime free) {
    if (over.compareTo(SHORTEST) < 0 || !spent.isMoreThan(GpuTime.ZERO)) return Optional.empty();
    double millis = (double) over.toMillis() * Math.max(0, free.millis()) / spent.millis();
    return millis > LONGEST.toMillis()
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(millis)));
  }
}
