package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Renewal;
import io.espalier.domain.budget.Slice;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AcceptanceTest {

  private static final Fence FENCE = new Fence(Duration.ofSeconds(90), Duration.ofSeconds(120));
  private static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(4));
  private static final Instant START = Instant.EPOCH;
  private static final Slice WHOLE = new Slice(1, GpuTime.ofSeconds(630), START);

  @Test
  void earlyInTheSliceTheAccountsAreNotLooked() {
    var accepted = accept(Wish.RUN, at(200), at(205), AcceptanceTest::notAsked);
    assertThat(accepted.renewal()).isEqualTo(new Renewal.Keep());
    assertThat(accepted.valid()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void pastHalfTheNextSliceIsHeldFromNowOn() {
    var accepted = accept(Wish.RUN, at(295), at(300), AcceptanceTest::plenty);
    assertThat(accepted.renewal())
        .isEqualTo(new Renewal.Renew(GpuTime.ofSeconds(300), TERMS.fullHold(1)));
    assertThat(accepted.slice()).isEqualTo(new Slice(1, TERMS.fullHold(1), at(300)));
  }

  @Test
  void aLeaseThatIsToLeaveIsNotFundedAnew() {
    assertThat(accept(Wish.YIELD, at(395), at(400), AcceptanceTest::notAsked).renewal())
        .isEqualTo(new Renewal.Keep());
  }

  @Test
  void aSilenceBeyondTheTrainersEndMovesTheSlice() {
    var accepted = accept(Wish.RUN, at(10), at(110), AcceptanceTest::notAsked);
    assertThat(accepted.slice().startedAt()).isEqualTo(at(10));
    assertThat(Acceptance.usedAtRelease(FENCE, WHOLE, at(10), at(110)))
        .isEqualTo(GpuTime.ofSeconds(100));
  }

  @Test
  void aLossIsChargedUntilTheLastSignOfLife() {
    assertThat(Acceptance.usedAtLoss(WHOLE, at(40))).isEqualTo(GpuTime.ofSeconds(40));
  }

  @Test
  void theTrainerMayNotOutliveItsFunding() {
    var nearlyUsedUp = new Slice(1, GpuTime.ofSeconds(60), START);
    var accepted =
        Acceptance.of(
            FENCE, TERMS, Wish.YIELD, nearlyUsedUp, at(45), at(50), AcceptanceTest::notAsked);
    assertThat(accepted.valid()).isEqualTo(Duration.ofSeconds(10));
  }

  private static GpuTime plenty() {
    return GpuTime.ofHours(1);
  }

  private static GpuTime notAsked() {
    throw new AssertionError("The accounts need not be locked yet");
  }

  private static Acceptance accept(
      Wish wish, Instant renewedAt, Instant now, Supplier<GpuTime> free) {
    return Acceptance.of(FENCE, TERMS, wish, WHOLE, renewedAt, now, free);
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }
}
