package io.espalier.orchestrator.lease;

import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.LiveLease;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.orchestrator.budget.Books;
import java.time.Instant;
import java.util.UUID;

/**
 * A lease as it was read.
 *
 * @param nextSequence events before this number are stored
 * @param live what it is told and what pays for it, as long as it lives
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
    long nextSequence,
    LiveLease live,
    Instant now) {

  public boolean isLive() {
    return state == LeaseState.LIVE;
  }

  public Wish wish() {
    return live.wish();
  }

  public Instant renewedAt() {
    return live.renewedAt();
  }

  Lease as(LiveLease after) {
    return new Lease(id, team, job, task, agent, epoch, state, nextSequence, after, now);
  }

  public Books.OfLease account() {
    return new Books.OfLease(team, job, id);
  }
}
