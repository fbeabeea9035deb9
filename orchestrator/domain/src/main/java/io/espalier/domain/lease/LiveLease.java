package io.espalier.domain.lease;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Funding;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.budget.Renewal;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.wire.Desired.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A live lease as a state machine: what its trainer is told, when it was last heard of, and what
 * pays for it. Every step gives the next state and the entries that the ledger is to make.
 *
 * @param yieldReason how the job pauses once the trainer has yielded; null: it goes on at once
 */
public record LiveLease(
    Wish wish, @Nullable PauseReason yieldReason, Instant renewedAt, Funding funding) {

  /**
   * What a sign of life comes to.
   *
   * @param validFor how long from now the trainer may go on
   */
  public record Renewed(LiveLease lease, List<Posting> postings, Duration validFor) {}

  public static LiveLease granted(Funding funding, Instant now) {
    return new LiveLease(Wish.RUN, null, now, funding);
  }

  /**
   * A sign of life: the funding is renewed where it is due, and a lease that cannot be funded any
   * longer is told to yield.
   *
   * @param free asked only where funding is due: what the accounts have beyond the open hold
   */
  public Renewed renew(Fence fence, Terms terms, Supplier<Amount> free, Instant now) {
    var funded = heard(fence, now);
    if (!isFundingDue(fence, terms, now)) {
      return renewed(fence, wish, yieldReason, funded, List.of(), now);
    }
    var beyond = funded.beyond(free.get(), now);
    return switch (Renewal.decide(terms, funded.slice(), beyond, now)) {
      case Renewal.Keep() -> renewed(fence, wish, yieldReason, funded, List.of(), now);
      case Renewal.Park() -> renewed(fence, Wish.YIELD, PauseReason.BUDGET, funded, List.of(), now);
      case Renewal.Renew(var used, var next) ->
          renewed(
              fence,
              wish,
              yieldReason,
              funded.renewed(used, next, now),
              funded.renewal(used, next),
              now);
    };
  }

  /** Whether a sign of life now renews the funding, or ends it. */
  public boolean isFundingDue(Fence fence, Terms terms, Instant now) {
    return wish == Wish.RUN && Renewal.isDue(terms, heard(fence, now).slice(), now);
  }

  private static Renewed renewed(
      Fence fence,
      Wish wish,
      @Nullable PauseReason reason,
      Funding funding,
      List<Posting> postings,
      Instant now) {
    return new Renewed(
        new LiveLease(wish, reason, now, funding),
        postings,
        fence.validFor(now, now, funding.slice().left(now)));
  }

  /** Its work until now is in a checkpoint. */
  public LiveLease checkpointed(Fence fence, Instant now) {
    return new LiveLease(wish, yieldReason, now, heard(fence, now).checkpointed(now));
  }

  /**
   * Asked to make a checkpoint and leave. One that is leaving already keeps its reason, unless a
   * person now wants the pause; one that is to stop is not asked.
   */
  public LiveLease askedToYield(PauseReason reason) {
    return switch (wish) {
      case RUN -> new LiveLease(Wish.YIELD, reason, renewedAt, funding);
      case YIELD ->
          reason == PauseReason.USER ? new LiveLease(wish, reason, renewedAt, funding) : this;
      case STOP -> this;
    };
  }

  /** The pause that it was asked for is not wanted any more; it leaves all the same. */
  public LiveLease toGoOn() {
    return new LiveLease(wish, null, renewedAt, funding);
  }

  public LiveLease told(Wish wish) {
    return new LiveLease(wish, yieldReason, renewedAt, funding);
  }

  /** The trainer has said its last word now; a fault of the platform is not billed. */
  public List<Posting> released(Fence fence, boolean fault, Instant now) {
    var heard = heard(fence, now);
    return fault ? heard.endedByFault(now) : heard.ended(now);
  }

  /** It is lost, and nothing after the last accepted renewal counts. */
  public List<Posting> expired() {
    return funding.endedByFault(renewedAt);
  }

  private Funding heard(Fence fence, Instant now) {
    return funding.from(fence.chargedFrom(funding.slice().startedAt(), renewedAt, now));
  }
}
