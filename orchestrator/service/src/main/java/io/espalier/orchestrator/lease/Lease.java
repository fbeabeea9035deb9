package io.espalier.orchestrator.lease;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.orchestrator.budget.Ledger;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease as it was read.
 *
 * @param yieldReason how the job pauses once it has yielded
 * @param nextSequence events before this number are stored
 * @param slice number of the open hold
 * @param slots how many it has
 * @param now the database's clock when it was read
 */
public record Lease(
    UUID id,
    UUID team,
    UUID job,
    UUID task,
    UUID agent,
    long epoch,
    LeaseState state,
    Wish wish,
    @Nullable PauseReason yieldReason,
    long nextSequence,
    int slice,
    Instant sliceStartedAt,
    Instant renewedAt,
    int slots,
    Instant now) {

  public boolean isLive() {
    return state == LeaseState.LIVE;
  }

  Ledger.OfLease account() {
    return new Ledger.OfLease(team, job, id);
  }
}
