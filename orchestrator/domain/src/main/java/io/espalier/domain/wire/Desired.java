package io.espalier.domain.wire;

import java.util.List;
import java.util.UUID;

/**
 * {@code GET /agent/v1/desired?since=VERSION&wait=25s}: the leases that an agent should hold, all
 * of them, every time. The agent starts, renews, yields or kills until it matches, so a lost
 * message costs nothing.
 *
 * @param version rises with every change; the long poll answers when it exceeds {@code since}
 */
public record Desired(long version, List<Lease> leases) {

  /**
   * @param slots indices of the host's devices
   * @param validMillis how long from now the trainer may go on without a renewal
   */
  public record Lease(
      UUID leaseId, long epoch, List<Integer> slots, long validMillis, Wish wish, TaskSpec task) {}

  public enum Wish {
    RUN,
    /** Checkpoint at the next step boundary, then leave. */
    YIELD,
    /** Leave at once: the work is not wanted any more. */
    STOP
  }
}
