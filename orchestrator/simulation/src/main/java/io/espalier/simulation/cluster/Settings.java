package io.espalier.simulation.cluster;

import io.espalier.domain.agent.Patience;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.lease.Fence;
import java.time.Duration;

/** What an operator may set, with the platform's own defaults. Milliseconds where bare. */
public record Settings(
    Terms terms,
    Fence fence,
    Duration silence,
    Patience patience,
    long heartbeat,
    long planPeriod,
    long longPoll) {

  public static final Settings DEFAULT =
      new Settings(
          new Terms(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofSeconds(4)),
          new Fence(Duration.ofSeconds(90), Duration.ofSeconds(120)),
          Duration.ofSeconds(60),
          new Patience(Duration.ofMinutes(2), Duration.ofSeconds(10), Duration.ofSeconds(15)),
          5_000,
          5_000,
          25_000);

  public Settings withFence(Fence other) {
    return new Settings(terms, other, silence, patience, heartbeat, planPeriod, longPoll);
  }

  Duration longestGap() {
    return Duration.ofMillis(4 * planPeriod);
  }
}
