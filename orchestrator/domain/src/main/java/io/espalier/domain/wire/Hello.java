package io.espalier.domain.wire;

import io.espalier.domain.schedule.SlotKind;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code POST /agent/v1/hello}: what the host is, and what it already runs. */
public final class Hello {

  /** {@code running}: leases whose trainers are alive, to be re-adopted. */
  public record Request(HostFacts host, List<SlotFacts> slots, List<RunningLease> running) {}

  public record HostFacts(
      String hostname, String agentVersion, int cores, long memoryBytes, long freeDiskBytes) {}

  /**
   * One schedulable device.
   *
   * @param index stable on this host
   * @param pool the GPU type as the driver names it, or {@code cpu}
   * @param device the driver's identifier, absent for a CPU
   * @param kind what the slot is of the device; absent for all of it
   */
  public record SlotFacts(
      int index, String pool, long memoryBytes, @Nullable String device, @Nullable SlotKind kind) {

    /** A whole device. */
    public SlotFacts(int index, String pool, long memoryBytes, @Nullable String device) {
      this(index, pool, memoryBytes, device, null);
    }
  }

  public record RunningLease(UUID leaseId, long epoch) {}

  /** The periods in which the platform expects to hear from the agent, in milliseconds. */
  public record Answer(long heartbeatMillis, long stopAfterMillis) {}

  private Hello() {}
}
