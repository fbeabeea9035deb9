package io.espalier.domain.agent;

import io.espalier.domain.wire.Desired.Wish;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** How hard a trainer is pressed to leave. Rises with time, and is decided by a pure function. */
public enum Pressure {
  NONE,
  /** The flag file: checkpoint at the next step boundary, then leave. */
  ASK,
  /** The signal TERM, to the group. */
  TERMINATE,
  /** The signal KILL, to the group. */
  KILL;

  /**
   * @param wish the platform's
   * @param wishedAt when that wish first was not RUN
   * @param allowedUntil the trainer's deadline
   * @param saidLastWordAt when it said that it has nothing more to say
   */
  public record Situation(
      Wish wish, Instant wishedAt, Instant allowedUntil, Optional<Instant> saidLastWordAt) {}

  public static Pressure of(Situation now, Patience patience, Instant time) {
    Pressure byWish =
        switch (now.wish()) {
          case RUN -> NONE;
          case YIELD -> asked(now.wishedAt(), patience, time);
          case STOP -> told(now.wishedAt(), patience, time);
        };
    Pressure byDeadline = time.isAfter(now.allowedUntil().plus(patience.overdue())) ? KILL : NONE;
    Pressure bySilence =
        now.saidLastWordAt()
            .map(at -> at.plus(patience.leave()))
            .filter(time::isAfter)
            .map(at -> told(at, patience, time))
            .orElse(NONE);
    return Stream.of(byWish, byDeadline, bySilence).max(Enum::compareTo).get();
  }

  private static Pressure asked(Instant since, Patience patience, Instant time) {
    Instant end = since.plus(patience.yield());
    return time.isBefore(end) ? ASK : told(end, patience, time);
  }

  private static Pressure told(Instant since, Patience patience, Instant time) {
    return time.isBefore(since.plus(patience.leave())) ? TERMINATE : KILL;
  }
}
