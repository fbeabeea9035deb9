package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.time.Instant;

/**
 * The open hold of a lease.
 *
 * @param startedAt from here on the lease is charged to this hold
 */
public record Slice(int slots, GpuTime held, Instant startedAt) {

  /** What is charged if the lease is accepted until {@code end}: never more than is held. */
  public GpuTime used(Instant end) {
    var span = Duration.between(startedAt, end);
    return span.isNegative() ? GpuTime.ZERO : GpuTime.of(slots, span).atMost(held);
  }

  /** How long the hold pays for, from its start. */
  public Duration pays() {
    return Duration.ofMillis(held.millis() / slots);
  }

  /** How long it still pays for. */
  public Duration left(Instant now) {
    var left = pays().minus(Duration.between(startedAt, now));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
