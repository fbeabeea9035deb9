package io.espalier.domain.lease;

import java.time.Duration;
import java.time.Instant;

/**
 * The two times that keep a task from running twice.
 *
 * @param stopAfter without an accepted renewal for this long a trainer stops itself
 * @param regrantAfter without one for this long the platform gives the task to somebody else
 */
public record Fence(Duration stopAfter, Duration regrantAfter) {

  public Fence {
    if (!stopAfter.isPositive() || regrantAfter.compareTo(stopAfter) <= 0) {
      throw new IllegalArgumentException(
          "A task may be granted again only after its trainer has stopped itself: stopAfter "
              + stopAfter
              + " must be positive and less than regrantAfter "
              + regrantAfter);
    }
  }

  /**
   * The platform cannot hear renewals while it is down, so nothing expires before it has been up
   * for {@code regrantAfter}.
   */
  public boolean isExpired(Instant renewedAt, Instant upSince, Instant now) {
    var heardUntil = renewedAt.isAfter(upSince) ? renewedAt : upSince;
    return !now.isBefore(heardUntil.plus(regrantAfter));
  }

  /** How long from now the trainer may go on: neither unheard nor unfunded. */
  public Duration validFor(Instant renewedAt, Instant now, Duration funded) {
    var left = stopAfter.minus(Duration.between(renewedAt, now));
    var least = left.compareTo(funded) < 0 ? left : funded;
    return least.isNegative() ? Duration.ZERO : least;
  }

  /**
   * Where the charge of a renewal begins. After a silence longer than {@code stopAfter} the trainer
   * had stopped itself: the rest of the silence is not charged, so the slice is moved by it.
   */
  public Instant chargedFrom(Instant sliceStartedAt, Instant renewedAt, Instant now) {
    var silence = Duration.between(renewedAt, now);
    var idle = silence.minus(stopAfter);
    return idle.isPositive() ? sliceStartedAt.plus(idle) : sliceStartedAt;
  }
}
