package io.espalier.domain.lease;

import io.espalier.domain.budget.Renewal;
import io.espalier.domain.budget.Slice;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * What an accepted sign of life does to a live lease.
 *
 * @param renewal of its funding
 * @param slice the open hold afterwards
 * @param valid how long from now the trainer may go on
 */
public record Acceptance(Renewal renewal, Slice slice, Duration valid) {

  /**
   * @param open the open hold as it is stored
   * @param free what the tighter account has beyond it; asked only where a renewal is due
   */
  public static Acceptance of(
      Fence fence,
      Terms terms,
      Wish wish,
      Slice open,
      Instant renewedAt,
      Instant now,
      Supplier<GpuTime> free) {
    var charged = charged(fence, open, renewedAt, now);
    var renewal =
        wish == Wish.RUN && Renewal.isDue(terms, charged, now)
            ? Renewal.decide(terms, charged, free.get(), now)
            : new Renewal.Keep();
    var slice =
        switch (renewal) {
          case Renewal.Keep _, Renewal.Park _ -> charged;
          case Renewal.Renew(_, var next) -> new Slice(open.slots(), next, now);
        };
    return new Acceptance(renewal, slice, fence.validFor(now, now, slice.left(now)));
  }

  /** What a lease has used when its trainer says its last word. */
  public static GpuTime usedAtRelease(Fence fence, Slice open, Instant renewedAt, Instant now) {
    return charged(fence, open, renewedAt, now).used(now);
  }

  /** What a lost lease has used: nobody knows of anything after the last sign of life. */
  public static GpuTime usedAtLoss(Slice open, Instant renewedAt) {
    return open.used(renewedAt);
  }

  private static Slice charged(Fence fence, Slice open, Instant renewedAt, Instant now) {
    return new Slice(
        open.slots(), open.held(), fence.chargedFrom(open.startedAt(), renewedAt, now));
  }
}
