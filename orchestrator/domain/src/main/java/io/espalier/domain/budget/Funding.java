package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What pays for a live lease: its open hold, and what was charged before it.
 *
 * @param rate of the grant
 * @param number of the open hold
 * @param settled of the holds before it
 * @param durable charged at the last checkpoint: what a fault of the platform cannot take back
 */
public record Funding(Rate rate, int number, Slice slice, GpuTime settled, GpuTime durable) {

  private static final GpuTime LEAST = GpuTime.ofSeconds(1);

  public static Funding begin(Rate rate, int slots, GpuTime hold, Instant now) {
    return new Funding(rate, 0, new Slice(slots, hold, now), GpuTime.ZERO, GpuTime.ZERO);
  }

  /** The first hold. */
  public Posting opening() {
    return posting(EntryKind.HOLD, slice.held());
  }

  /** All that is charged if the lease is accepted until {@code end}. */
  public GpuTime charged(Instant end) {
    return settled.plus(slice.used(end));
  }

  /** Work until here will not be lost. */
  public Funding checkpointed(Instant now) {
    return new Funding(rate, number, slice, settled, charged(now));
  }

  /** Time that nobody pays for is taken out: the slice begins later by it. */
  public Funding from(Instant sliceStart) {
    var moved = new Slice(slice.slots(), slice.held(), sliceStart);
    return new Funding(rate, number, moved, settled, durable);
  }

  /**
   * GPU time that the accounts can pay for beyond the open hold. What the hold would give back is
   * counted in money as it was held, so that the next hold is never short of a rounding; less than
   * a second is not worth an entry.
   *
   * @param free what they have beyond it
   */
  public GpuTime beyond(Amount free, Instant now) {
    var used = slice.used(now);
    var back = rate.amount(slice.held()).minus(rate.amount(used));
    var beyond = back.plus(free).payable(rate).minus(slice.held().minus(used));
    return beyond.isMoreThan(LEAST) ? beyond : GpuTime.ZERO;
  }

  /** The next hold instead of the open one. */
  public Funding renewed(GpuTime used, GpuTime next, Instant now) {
    return new Funding(
        rate, number + 1, new Slice(slice.slots(), next, now), settled.plus(used), durable);
  }

  /** What that needs: the open hold resolved, and the next one made. */
  public List<Posting> renewal(GpuTime used, GpuTime next) {
    var postings = new ArrayList<>(resolved(used));
    postings.add(new Posting(number + 1, EntryKind.HOLD, rate.amount(next)));
    return List.copyOf(postings);
  }

  /** The end of a lease that is charged for all of its time until {@code end}. */
  public List<Posting> ended(Instant end) {
    return resolved(slice.used(end));
  }

  /** The end by a fault of the platform: charged until the last checkpoint, or not at all. */
  public List<Posting> endedByFault(Instant end) {
    var billed = durable.atMost(charged(end));
    if (!settled.isMoreThan(billed)) return resolved(billed.minus(settled));
    var postings = new ArrayList<>(resolved(GpuTime.ZERO));
    postings.add(posting(EntryKind.REFUND, settled.minus(billed)));
    return List.copyOf(postings);
  }

  private List<Posting> resolved(GpuTime used) {
    var held = rate.amount(slice.held());
    var spent = rate.amount(used);
    var postings = new ArrayList<Posting>();
    if (!spent.isNothing()) postings.add(new Posting(number, EntryKind.SETTLE, spent));
    var rest = held.minus(spent);
    if (!rest.isNothing()) postings.add(new Posting(number, EntryKind.VOID, rest));
    return postings;
  }

  private Posting posting(EntryKind kind, GpuTime time) {
    return new Posting(number, kind, rate.amount(time));
  }
}
