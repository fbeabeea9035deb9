package io.espalier.domain.budget;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** How fast a budget is spent: {@code spent} over the last {@code over}. */
public record Pace(Amount spent, Duration over) {

  public static final Pace UNKNOWN = new Pace(Amount.NOTHING, Duration.ZERO);

  /** A shorter look back says nothing of the days to come. */
  private static final Duration SHORTEST = Duration.ofHours(1);

  /** What lasts longer will be decided on by others. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  /**
   * How long {@code free} lasts at this pace, until the first of the two units is used up; empty
   * where that is no more than a guess.
   */
  public Optional<Duration> lasts(Amount free) {
    return Stream.of(
            lasts(free.time().millis(), spent.time().millis()),
            lasts(free.money().micros(), spent.money().micros()))
        .flatMap(Optional::stream)
        .min(Duration::compareTo);
  }

  private Optional<Duration> lasts(long left, long used) {
    if (over.compareTo(SHORTEST) < 0 || used <= 0) return Optional.empty();
    double millis = (double) over.toMillis() * Math.max(0, left) / used;
    return millis > LONGEST.toMillis()
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(millis)));
  }
}
