package io.espalier.domain.agent;

import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Hello.RunningLease;
import java.util.Optional;
import java.util.UUID;

/** One run of a task: the lease and its fencing number. Also the name of its work folder. */
public record LeaseKey(UUID lease, long epoch) {

  public static LeaseKey of(Desired.Lease lease) {
    return new LeaseKey(lease.leaseId(), lease.epoch());
  }

  /** Reads what {@link #toString} writes. */
  public static Optional<LeaseKey> parse(String text) {
    int dash = text.lastIndexOf('-');
    if (dash < 0) return Optional.empty();
    try {
      return Optional.of(
          new LeaseKey(
              UUID.fromString(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1))));
    } catch (IllegalArgumentException other) {
      return Optional.empty();
    }
  }

  public RunningLease running() {
    return new RunningLease(lease, epoch);
  }

  @Override
  public String toString() {
    return lease + "-" + epoch;
  }
}
