package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;
import java.time.Instant;

/** What a heartbeat does to the open hold of its lease. */
public sealed interface Renewal {

  /** Nothing yet. */
  record Keep() implements Renewal {}

  /** Settle {@code used}, void the rest, and hold {@code next}. */
  record Renew(GpuTime used, GpuTime next) implements Renewal {}

  /** Only the reserve is left: checkpoint and yield. */
  record Park() implements Renewal {}

  /** Past half of the slice's work the next one is due. */
  static boolean isDue(Terms terms, Slice slice, Instant now) {
    var work = slice.held().minus(reserve(terms, slice));
    return slice.used(now).compareTo(work.times(0.5)) >= 0;
  }

  /**
   * If the next slice cannot be funded in full, all that is left is held; once nothing more can be
   * had and only the reserve remains, the lease parks.
   *
   * @param free GPU time that the accounts can pay for beyond the open hold
   */
  static Renewal decide(Terms terms, Slice slice, GpuTime free, Instant now) {
    if (!isDue(terms, slice, now)) return new Keep();
    var used = slice.used(now);
    var rest = slice.held().minus(used);
    var available = rest.plus(free);
    var full = terms.fullHold(slice.slots());
    if (!full.isMoreThan(available)) return new Renew(used, full);
    if (free.isMoreThan(GpuTime.ZERO)) return new Renew(used, available);
    return rest.isMoreThan(reserve(terms, slice)) ? new Keep() : new Park();
  }

  private static GpuTime reserve(Terms terms, Slice slice) {
    return GpuTime.of(slice.slots(), terms.reserve());
  }
}
