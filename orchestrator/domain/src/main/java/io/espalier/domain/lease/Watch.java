package io.espalier.domain.lease;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Since when a platform node has been able to hear renewals, by its own looks at the database.
 *
 * @param upSince by the database's clock
 */
public record Watch(Instant upSince, @Nullable Instant lastLook) {

  public static Watch from(Instant upSince) {
    return new Watch(upSince, null);
  }

  /** After a gap longer than {@code longestGap} the platform, or its database, was down. */
  public Watch look(Instant now, Duration longestGap) {
    boolean gap = lastLook != null && lastLook.plus(longestGap).isBefore(now);
    return new Watch(gap ? now : upSince, now);
  }
}
