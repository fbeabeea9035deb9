package io.espalier.domain.schedule;

import java.time.Duration;

/**
 * The policy's constants.
 *
 * @param minimumRun a lease that has not run so long is not preempted, except for a guarantee; and
 *     no start is worth it that would be cut short before
 * @param patience how long a task waits before its team's fair share is taken back from others; a
 *     guarantee is taken back at once
 * @param mostPreemptions of one task, except for a guarantee
 * @param yieldTime how long a trainer is expected to take to save and leave
 * @param overrun how far a backfilled task may exceed its prediction before it is yielded
 * @param unknownRun assumed of what nothing is known about
 */
public record Rules(
    Duration minimumRun,
    Duration patience,
    int mostPreemptions,
    Duration yieldTime,
    Duration overrun,
    Duration unknownRun) {

  public static Rules standard() {
    return new Rules(
        Duration.ofMinutes(10),
        Duration.ofMinutes(5),
        2,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofHours(1));
  }
}
