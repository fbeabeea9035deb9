package io.espalier.domain.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * How long something is still expected to run.
 *
 * @param median as likely too long as too short
 * @param high exceeded once in ten times
 */
public record Remaining(Duration median, Duration high) {

  public Remaining {
    if (median.isNegative() || high.compareTo(median) < 0) {
      throw new IllegalArgumentException(
          "A remaining time is not negative, and its high end not below its median: "
              + median
              + ", "
              + high);
    }
  }

  public static Remaining exactly(Duration time) {
    return new Remaining(time, time);
  }

  public Remaining plus(Remaining next) {
    return new Remaining(median.plus(next.median), high.plus(next.high));
  }

  /** After it has run on for a while. */
  public Remaining after(Duration time) {
    var left = atLeastZero(median.minus(time));
    return new Remaining(left, atLeastZero(high.minus(time)));
  }

  Instant highEnd(Instant now) {
    return now.plus(high);
  }

  private static Duration atLeastZero(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }
}
