package io.espalier.orchestrator.lease;

import io.espalier.domain.budget.Funding;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.budget.Books;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is about to be granted.
 *
 * @param slots of {@code agent}
 * @param hold what it may use until its first renewal
 * @param yieldBy it is backfilled: others were promised its slots from then on
 */
public record NewLease(
    Books.OfLease account,
    UUID task,
    long epoch,
    UUID agent,
    List<UUID> slots,
    TaskSpec spec,
    GpuTime hold,
    Rate rate,
    @Nullable Instant yieldBy) {

  /** The entry that opens it. */
  public static Posting opening(Rate rate, int slots, GpuTime hold) {
    return Funding.begin(rate, slots, hold, Instant.EPOCH).opening();
  }
}
