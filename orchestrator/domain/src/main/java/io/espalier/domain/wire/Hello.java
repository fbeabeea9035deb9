package io.espalier.domain.wire;

import io.espalier.domain.schedule.SlotKind;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code POST /agent/v1/hello}: what the host is, and what it already runs. */
public final class Hello {

  /**
   * @param running leases whose trainers are alive, to be re-adopted; all others are lost
   * @param number rises with every try of this agent, so that one that the network has kept back
   *     does not lose what was begun meanwhile; 0 from an agent that does not count
   */
  public record Request(
      HostFacts host, List<SlotFacts> slots, List<RunningLease> running, long number) {

    public Request(HostFacts host, List<SlotFacts> slots, List<RunningLease> running) {
      this(host, slots, running, 0);
    }
  }

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
