package io.espalier.domain.wire;

import java.util.List;
import java.util.UUID;

/**
 * {@code POST /agent/v1/events}: heartbeats and reports of all leases of an agent, in one batch.
 * Idempotent by (lease, epoch, sequence number).
 */
public final class Events {

  public record Request(List<OfLease> leases) {}

  /**
   * An empty list is a heartbeat.
   *
   * @param firstSequence number of the first event; the trainer's event file counts from 0
   */
  public record OfLease(UUID leaseId, long epoch, long firstSequence, List<TrainerEvent> events) {}

  public record Answer(List<Verdict> verdicts) {}

  /**
   * @param nextSequence all events before this number are stored for good
   * @param validMillis how long from now the trainer may go on; 0 unless accepted
   */
  public record Verdict(UUID leaseId, Outcome outcome, long nextSequence, long validMillis) {}

  public enum Outcome {
    ACCEPTED,
    /** The lease has ended normally; nothing more of it is wanted. */
    ENDED,
    /** Another run has the task: kill the process group. */
    STALE_EPOCH
  }

  private Events() {}
}
