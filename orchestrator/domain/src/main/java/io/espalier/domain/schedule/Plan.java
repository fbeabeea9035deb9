package io.espalier.domain.schedule;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What to do about every waiting task of a snapshot that the cycle came to, a grant or a reason, in
 * the order of their turns; and which leases are to make room.
 *
 * @param reservations at most one of each pool
 * @param isCut whether {@link Bounds} ended it early: the next cycle goes on at once
 */
public record Plan(
    List<Grant> grants,
    List<Yield> yields,
    List<Wait> waits,
    List<Reservation> reservations,
    boolean isCut) {

  /**
   * @param slots all of one host and one pool, by index
   * @param hold the first hold of the lease
   * @param yieldBy it is backfilled: somebody else was promised its slots from then on
   */
  public record Grant(
      Waiting waiting, Host host, List<Slot> slots, GpuTime hold, @Nullable Instant yieldBy) {

    public String pool() {
      return slots.getFirst().pool();
    }
  }

  /**
   * A lease whose trainer is to save and leave.
   *
   * @param text for its owner
   * @param claimant the task that needs its slots; null if they are only to be emptied
   */
  public record Yield(Running running, PauseReason reason, String text, @Nullable UUID claimant) {}

  /** {@code text} says what would change it. */
  public record Wait(Waiting waiting, WaitingReason reason, String text) {}

  /**
   * The slots of a host that a task will have.
   *
   * @param from by the predictions of what runs there
   */
  public record Reservation(Waiting waiting, Host host, String pool, Instant from) {}
}
