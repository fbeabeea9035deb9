package io.espalier.agent.platform;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: at most {@code first}, then doubling, never more than
 * {@code cap}. Each wait is drawn evenly from its upper half, so that a hundred agents do not
 * return in step. Not for use by several threads.
 */
public final class Backoff {

  private final Duration first;
  private final Duration cap;
  private Duration limit;

  public Backoff(Duration first, Duration cap) {
    this.first = first;
    this.cap = cap;
    this.limit = first;
  }

  /** Quick enough that an agent is back well inside its leases' deadline after an outage. */
  public static Backoff ofAgent() {
    return new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
  }

  public Duration next() {
    long upper = limit.toMillis();
    Duration doubled = limit.multipliedBy(2);
    limit = doubled.compareTo(cap) < 0 ? doubled : cap;
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(upper / 2, upper + 1));
  }

  public void reset() {
    limit = first;
  }
}
