package io.espalier.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FundingTest {

  private static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(4));
  private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");
  private static final GpuTime FULL = GpuTime.ofSeconds(630);

  @Test
  void theFirstHoldIsAWholeSliceOrAllThatPaysForAStartOrNothing() {
    var need = GpuTime.ofSeconds(60);

    assertThat(TERMS.firstHold(1, need, GpuTime.ofSeconds(10_000))).isEqualTo(FULL);
    assertThat(TERMS.firstHold(1, need, FULL)).isEqualTo(FULL);
    assertThat(TERMS.firstHold(1, need, GpuTime.ofSeconds(629))).isEqualTo(GpuTime.ofSeconds(629));
    assertThat(TERMS.firstHold(1, need, need)).isEqualTo(need);
    assertThat(TERMS.firstHold(1, need, GpuTime.ofSeconds(59))).isEqualTo(GpuTime.ZERO);
    assertThat(TERMS.firstHold(2, need, GpuTime.ofSeconds(10_000)))
        .isEqualTo(GpuTime.ofSeconds(1260));
  }

  @Test
  void aSliceIsKeptUntilHalfOfItsWorkIsDone() {
    assertThat(after(299, FULL, GpuTime.ofHours(1))).isEqualTo(new Renewal.Keep());
    assertThat(after(300, FULL, GpuTime.ofHours(1)))
        .isEqualTo(new Renewal.Renew(GpuTime.ofSeconds(300), FULL));
  }

  @Test
  void whatIsLeftIsHeldWhenAWholeSliceCannotBe() {
    assertThat(after(300, FULL, GpuTime.ofSeconds(100)))
        .isEqualTo(new Renewal.Renew(GpuTime.ofSeconds(300), GpuTime.ofSeconds(430)));
  }

  @Test
  void theRestOfAVoidedSliceCountsTowardsTheNext() {
    assertThat(after(400, FULL, GpuTime.ofSeconds(400)))
        .isEqualTo(new Renewal.Renew(GpuTime.ofSeconds(400), FULL));
  }

  @Test
  void parksWhenOnlyTheReserveRemains() {
    assertThat(after(599, FULL, GpuTime.ZERO)).isEqualTo(new Renewal.Keep());
    assertThat(after(600, FULL, GpuTime.ZERO)).isEqualTo(new Renewal.Park());
    assertThat(after(5000, FULL, GpuTime.ZERO)).isEqualTo(new Renewal.Park());
  }

  @Test
  void neverChargesMoreThanIsHeldNorForATimeBeforeTheSlice() {
    var slice = new Slice(1, FULL, START);

    assertThat(slice.used(START.plusSeconds(100))).isEqualTo(GpuTime.ofSeconds(100));
    assertThat(slice.used(START.plusSeconds(9999))).isEqualTo(FULL);
    assertThat(slice.used(START.minusSeconds(1))).isEqualTo(GpuTime.ZERO);
    assertThat(slice.left(START.plusSeconds(600))).isEqualTo(Duration.ofSeconds(30));
    assertThat(slice.left(START.plusSeconds(700))).isEqualTo(Duration.ZERO);
    assertThat(new Slice(4, GpuTime.ofSeconds(40), START).pays()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void refusesTermsThatCannotBe() {
    assertThatThrownBy(() -> new Terms(Duration.ZERO, Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Terms(Duration.ofSeconds(1), Duration.ofSeconds(-1), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** A lease that runs as long as it is funded, heard at random moments, beside others. */
  @RepeatedTest(200)
  void aFundedLeaseNeverOverspendsAndParksWithItsReserve(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var funded = GpuTime.ofSeconds(60 + random.nextInt(5000));
    var spent = GpuTime.ZERO;
    var held = TERMS.firstHold(1, GpuTime.ofSeconds(60), funded);
    var slice = new Slice(1, held, START);
    var now = START;

    for (int beats = 0; ; beats++) {
      assertThat(beats).as("ends").isLessThan(20_000);
      assertThat(spent.plus(slice.held())).isLessThanOrEqualTo(funded);
      now = now.plusMillis(1 + random.nextInt(5000));
      var free = funded.minus(spent).minus(slice.held());
      switch (Renewal.decide(TERMS, slice, free, now)) {
        case Renewal.Keep() -> {}
        case Renewal.Renew(var used, var next) -> {
          spent = spent.plus(used);
          slice = new Slice(1, next, now);
        }
        case Renewal.Park() -> {
          assertThat(free).isEqualTo(GpuTime.ZERO);
          var left = slice.left(now);
          assertThat(left).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(30));
          return;
        }
      }
    }
  }

  private static Renewal after(int seconds, GpuTime held, GpuTime free) {
    return Renewal.decide(TERMS, new Slice(1, held, START), free, START.plusSeconds(seconds));
  }
}
