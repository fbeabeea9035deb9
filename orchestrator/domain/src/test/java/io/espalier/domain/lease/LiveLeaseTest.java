package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Funding;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.domain.wire.Desired.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LiveLeaseTest {

  private static final Fence FENCE = new Fence(Duration.ofSeconds(90), Duration.ofSeconds(120));
  private static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(4));
  private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");
  private static final Rate RATE = new Rate(Money.of(3.6)); // a thousandth of the unit a second
  private static final Amount MUCH = new Amount(GpuTime.ofHours(100), Money.of(1000));
  private static final LiveLease GRANTED =
      LiveLease.granted(Funding.begin(RATE, 1, GpuTime.ofSeconds(630), START), START);

  @Test
  void aSignOfLifeBeforeHalfOfTheSliceAsksNoAccount() {
    var renewed =
        GRANTED.renew(
            FENCE,
            TERMS,
            () -> {
              throw new AssertionError("asked");
            },
            START.plusSeconds(60));

    assertThat(renewed.postings()).isEmpty();
    assertThat(renewed.lease().renewedAt()).isEqualTo(START.plusSeconds(60));
    assertThat(renewed.validFor()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void aRenewalSettlesVoidsAndHoldsInBothUnits() {
    var renewed = heard(GRANTED, 300).renew(FENCE, TERMS, () -> MUCH, START.plusSeconds(310));

    assertThat(renewed.postings())
        .containsExactly(
            posting(0, EntryKind.SETTLE, 310, 0.31),
            posting(0, EntryKind.VOID, 320, 0.32),
            posting(1, EntryKind.HOLD, 630, 0.63));
    assertThat(renewed.lease().funding().charged(START.plusSeconds(320)))
        .isEqualTo(GpuTime.ofSeconds(320));
  }

  @Test
  void theScarcerUnitDecides() {
    var little = new Amount(GpuTime.ofHours(100), Money.of(0.1));
    var renewed = heard(GRANTED, 300).renew(FENCE, TERMS, () -> little, START.plusSeconds(310));

    assertThat(renewed.postings().getLast()).isEqualTo(posting(1, EntryKind.HOLD, 420, 0.42));
    assertThat(renewed.lease().wish()).isEqualTo(Wish.RUN);
  }

  @Test
  void parksWhenNothingIsLeftButTheReserve() {
    var renewed =
        heard(GRANTED, 560).renew(FENCE, TERMS, () -> Amount.NOTHING, START.plusSeconds(600));

    assertThat(renewed.postings()).isEmpty();
    assertThat(renewed.lease().wish()).isEqualTo(Wish.YIELD);
    assertThat(renewed.lease().yieldReason()).isEqualTo(PauseReason.BUDGET);
    assertThat(renewed.validFor()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whoLeavesIsNotFundedAnyMore() {
    var leaving = heard(GRANTED, 560).askedToYield(PauseReason.PREEMPTED);

    assertThat(leaving.renew(FENCE, TERMS, () -> MUCH, START.plusSeconds(600)).postings())
        .isEmpty();
  }

  @Test
  void aPersonsPauseCountsMoreThanAnyOther() {
    var drained = GRANTED.askedToYield(PauseReason.DRAIN);

    assertThat(drained.askedToYield(PauseReason.PREEMPTED)).isEqualTo(drained);
    assertThat(drained.askedToYield(PauseReason.USER).yieldReason()).isEqualTo(PauseReason.USER);
    assertThat(drained.askedToYield(PauseReason.USER).toGoOn().yieldReason()).isNull();
    assertThat(drained.toGoOn().wish()).as("it is leaving already").isEqualTo(Wish.YIELD);
    assertThat(GRANTED.told(Wish.STOP).askedToYield(PauseReason.USER).wish()).isEqualTo(Wish.STOP);
  }

  @Test
  void theEndOfARunThatItsTeamPaysForIsChargedInFull() {
    assertThat(heard(GRANTED, 80).released(FENCE, false, START.plusSeconds(100)))
        .containsExactly(
            posting(0, EntryKind.SETTLE, 100, 0.1), posting(0, EntryKind.VOID, 530, 0.53));
  }

  @Test
  void aFaultIsChargedUntilTheLastCheckpoint() {
    var saved = GRANTED.checkpointed(FENCE, START.plusSeconds(60));

    assertThat(saved.released(FENCE, true, START.plusSeconds(100)))
        .containsExactly(
            posting(0, EntryKind.SETTLE, 60, 0.06), posting(0, EntryKind.VOID, 570, 0.57));
    assertThat(GRANTED.released(FENCE, true, START.plusSeconds(100)))
        .as("without a checkpoint it costs nothing")
        .containsExactly(posting(0, EntryKind.VOID, 630, 0.63));
  }

  @Test
  void whatWasSettledBeforeAFaultIsRefundedBackToTheCheckpoint() {
    var saved = GRANTED.checkpointed(FENCE, START.plusSeconds(60));
    var renewed = heard(saved, 300).renew(FENCE, TERMS, () -> MUCH, START.plusSeconds(310)).lease();

    assertThat(renewed.expired())
        .containsExactly(
            posting(1, EntryKind.VOID, 630, 0.63), posting(1, EntryKind.REFUND, 250, 0.25));
  }

  @Test
  void aSilenceThatTheTrainerCannotHaveRunThroughIsNotCharged() {
    assertThat(GRANTED.released(FENCE, false, START.plusSeconds(400)).getFirst())
        .isEqualTo(posting(0, EntryKind.SETTLE, 90, 0.09));
  }

  /** Whatever happens to a lease, its account is never overdrawn and nothing stays held. */
  @RepeatedTest(300)
  void everyHistoryBalances(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var rate = new Rate(new Money(random.nextInt(4) == 0 ? 0 : random.nextLong(10_000_000)));
    var funded =
        new Amount(GpuTime.ofSeconds(100 + random.nextInt(5000)), Money.of(random.nextInt(1000)));
    var account = new Balance(funded, Amount.NOTHING, Amount.NOTHING, Amount.NOTHING);
    var hold = TERMS.firstHold(1, GpuTime.ofSeconds(60), account.free().payable(rate));
    if (!hold.isMoreThan(GpuTime.ZERO)) return;
    var funding = Funding.begin(rate, 1, hold, START);
    account = post(account, List.of(funding.opening()));
    var lease = LiveLease.granted(funding, START);
    var now = START;
    var durable = GpuTime.ZERO;
    for (int beats = random.nextInt(200); beats > 0; beats--) {
      now = now.plusMillis(random.nextInt(20_000));
      if (random.nextInt(10) == 0) {
        lease = lease.checkpointed(FENCE, now);
        durable = lease.funding().durable();
      }
      var free = account.free();
      var renewed = lease.renew(FENCE, TERMS, () -> free, now);
      account = post(account, renewed.postings());
      lease = renewed.lease();
    }
    now = now.plusMillis(random.nextInt(20_000));
    account =
        post(
            account,
            switch (random.nextInt(3)) {
              case 0 -> lease.expired();
              case 1 -> lease.released(FENCE, true, now);
              default -> lease.released(FENCE, false, now);
            });

    assertThat(account.held()).isEqualTo(Amount.NOTHING);
    assertThat(account.spent().time()).isGreaterThanOrEqualTo(durable);
    assertThat(account.spent().time().millis())
        .isLessThanOrEqualTo(Duration.between(START, now).toMillis());
  }

  private static Balance post(Balance before, List<Posting> postings) {
    var after = before;
    for (var posting : postings) {
      after = after.after(posting.kind(), posting.amount()).orElseThrow();
    }
    return after;
  }

  /** Heard of often enough until then. */
  private static LiveLease heard(LiveLease lease, int seconds) {
    return new LiveLease(
        lease.wish(), lease.yieldReason(), START.plusSeconds(seconds), lease.funding());
  }

  private static Posting posting(int slice, EntryKind kind, double seconds, double money) {
    return new Posting(slice, kind, new Amount(GpuTime.ofSeconds(seconds), Money.of(money)));
  }
}
