package io.espalier.orchestrator.schedule;

import io.espalier.domain.schedule.WaitingReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a task waits, and for how long.
 *
 * @param reason the dominant one
 * @param sentence the same for people, with what would change it
 * @param position in the queue of its pool, from 1; null if it could not start anyway
 * @param start when it will start; null if that does not depend on others
 */
public record Outlook(
    WaitingReason reason, String sentence, @Nullable Long position, @Nullable Start start) {

  /**
   * @param median as likely earlier as later
   * @param high nine of ten start before
   */
  public record Start(Instant median, Instant high) {}
}
