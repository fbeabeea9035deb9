package io.espalier.agent.host;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The host's clock. Nothing depends on it but how long a trainer may go on, which is counted from
 * the moment a report was sent. Fault runs set it wrong by {@code ESPALIER_CLOCK_OFFSET}, such as
 * {@code PT1H}; the trainers of the host are told, since they have the same clock.
 */
public final class HostClock {

  private static final Duration OFFSET =
      Duration.parse(System.getenv().getOrDefault("ESPALIER_CLOCK_OFFSET", "PT0S"));

  public static Instant now() {
    return Instant.now().plus(OFFSET);
  }

  /** Tells a trainer of the clock that it shares with this process. */
  public static void tell(Map<String, String> environment) {
    if (OFFSET.isZero()) return;
    environment.put("ESPALIER_CLOCK_OFFSET_MILLIS", Long.toString(OFFSET.toMillis()));
  }

  private HostClock() {}
}
