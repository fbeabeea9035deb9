package io.espalier.domain.agent;

import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * How a run on a host stands between daemon and platform.
 *
 * @param wish the platform's; it only ever becomes more urgent
 * @param wishedAt when it did
 * @param allowedUntil the trainer's deadline
 * @param heard whether the platform has answered this daemon about this run
 * @param confirmed events before this number are stored by the platform
 */
public record Course(
    Wish wish, Instant wishedAt, Instant allowedUntil, boolean heard, long confirmed) {

  /** Exit code of a trainer that found its deadline passed and could not say a last word. */
  public static final int HALTED_AT_DEADLINE = 75;

  /** As a daemon finds it; {@code allowedUntil} outlives the daemon, in a file. */
  public static Course found(Instant allowedUntil) {
    return new Course(Wish.RUN, Instant.EPOCH, allowedUntil, false, 0);
  }

  /** An asked trainer is leaving, so a milder wish comes too late. */
  public Course told(Wish told, Instant now) {
    return told.compareTo(wish) <= 0 ? this : new Course(told, now, allowedUntil, heard, confirmed);
  }

  /**
   * After a verdict that accepted the run.
   *
   * @param asked when the report was sent: the new deadline counts from there, so that the
   *     trainer's clock runs out before the platform's
   */
  public Course accepted(Events.Verdict verdict, Instant asked) {
    return new Course(
        wish, wishedAt, asked.plusMillis(verdict.validMillis()), true, verdict.nextSequence());
  }

  /** Only a renewal that the platform has just accepted proves that nobody else has the task. */
  public boolean mayRun(Instant now) {
    return now.isBefore(allowedUntil);
  }

  /**
   * Whether a trainer that left without a word did as it was told. To halt at the deadline is an
   * order too; where the exit code is unknown, the clock tells.
   */
  public boolean didAsItWasTold(OptionalInt exit, Pressure pressed, Instant now) {
    boolean atDeadline =
        exit.isPresent()
            ? exit.getAsInt() == HALTED_AT_DEADLINE
            : pressed != Pressure.KILL && !mayRun(now);
    return wish != Wish.RUN || atDeadline;
  }
}
