package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FenceTest {

  private static final Fence FENCE = new Fence(Duration.ofSeconds(90), Duration.ofSeconds(120));
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant LONG_AGO = Instant.EPOCH;

  @Test
  void expiresExactlyWhenItMayBeGrantedAgain() {
    assertThat(FENCE.isExpired(NOON, LONG_AGO, NOON.plusMillis(119_999))).isFalse();
    assertThat(FENCE.isExpired(NOON, LONG_AGO, NOON.plusSeconds(120))).isTrue();
  }

  @Test
  void expiresNothingBeforeThePlatformHasListenedForAsLong() {
    var back = NOON.plusSeconds(1000);

    assertThat(FENCE.isExpired(NOON, back, back.plusSeconds(119))).isFalse();
    assertThat(FENCE.isExpired(NOON, back, back.plusSeconds(120))).isTrue();
    assertThat(FENCE.isExpired(back.plusSeconds(60), back, back.plusSeconds(120))).isFalse();
  }

  @Test
  void aTrainerIsStoppedBySilenceOrByMoneyWhicheverIsFirst() {
    var hour = Duration.ofHours(1);

    assertThat(FENCE.validFor(NOON, NOON, hour)).isEqualTo(Duration.ofSeconds(90));
    assertThat(FENCE.validFor(NOON, NOON.plusSeconds(30), hour)).isEqualTo(Duration.ofSeconds(60));
    assertThat(FENCE.validFor(NOON, NOON.plusSeconds(95), hour)).isEqualTo(Duration.ZERO);
    assertThat(FENCE.validFor(NOON, NOON, Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void chargesAtMostTheTimeThatATrainerCouldRunUnheard() {
    var started = NOON.minusSeconds(50);

    assertThat(FENCE.chargedFrom(started, NOON, NOON.plusSeconds(90))).isEqualTo(started);
    assertThat(FENCE.chargedFrom(started, NOON, NOON.plusSeconds(1000)))
        .isEqualTo(started.plusSeconds(910));
  }

  @Test
  void refusesAFenceThroughWhichATaskCouldRunTwice() {
    assertThatThrownBy(() -> new Fence(Duration.ofSeconds(90), Duration.ofSeconds(90)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be positive and less than regrantAfter");
  }
}
