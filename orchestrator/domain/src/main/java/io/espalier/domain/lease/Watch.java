package io.espalier.domain.lease;

import java.time.Duration;
import java.time.Instant;

/**
 * Since when a platform node has been able to hear renewals, by its own looks at the database.
 *
 * @param upSince by the database's clock
 */
public record Watch(Instant upSince, Instant lastLook) {

  /** Its start is a look: an outage right after it is a gap like any other. */
  public static Watch from(Instant upSince) {
    return new Watch(upSince, upSince);
  }

  /** After a gap longer than {@code longestGap} the node, or its database, was down. */
  public Watch look(Instant now, Duration longestGap) {
    boolean gap = lastLook.plus(longestGap).isBefore(now);
    return new Watch(gap ? now : upSince, now);
  }
}
