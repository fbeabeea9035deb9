package io.espalier.orchestrator.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private final Throttle throttle = new Throttle();
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void delaysDoubleAfterThreeFailures() {
    for (int i = 0; i < 3; i++) assertThat(attempt("ann", "here")).isZero();
    assertThat(attempt("ann", "here")).isEqualTo(Duration.ofSeconds(1));
    later(Duration.ofSeconds(1));
    assertThat(attempt("ann", "here")).isZero();
    assertThat(attempt("ann", "here")).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void noDelayIsLongerThanAQuarterOfAnHour() {
    var longest = Duration.ZERO;
    for (int i = 0; i < 60; i++) {
      var delay = attempt("ann", "here");
      if (delay.compareTo(longest) > 0) longest = delay;
      later(delay);
    }
    assertThat(longest).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void aRefusedAttemptDoesNotLengthenTheDelay() {
    for (int i = 0; i < 3; i++) attempt("ann", "here");
    for (int i = 0; i < 100; i++) attempt("ann", "here");
    assertThat(attempt("ann", "here")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void failuresElsewhereDoNotDelayTheOwner() {
    for (int i = 0; i < 10; i++) attempt("ann", "elsewhere");
    assertThat(attempt("ann", "here")).isZero();
  }

  @Test
  void manyLoginsFromOneOriginAreDelayedToo() {
    for (int i = 0; i < 20; i++) assertThat(attempt("user" + i, "here")).isZero();
    assertThat(attempt("another", "here")).isPositive();
    assertThat(attempt("another", "elsewhere")).isZero();
  }

  @Test
  void manyOriginsWithOneLoginAreDelayedToo() {
    for (int i = 0; i < 50; i++) assertThat(attempt("ann", "origin" + i)).isZero();
    assertThat(attempt("ann", "another")).isPositive();
  }

  @Test
  void successForgivesThePairButNotTheOrigin() {
    for (int i = 0; i < 19; i++) attempt("user" + i, "here");
    attempt("ann", "here");
    throttle.succeeded("ann", "here", now);
    assertThat(attempt("ann", "here")).isZero();
    assertThat(attempt("bob", "here")).isPositive();
  }

  @Test
  void failuresAreForgottenAfterAnHour() {
    for (int i = 0; i < 3; i++) attempt("ann", "here");
    later(Duration.ofMinutes(61));
    assertThat(attempt("ann", "here")).isZero();
    assertThat(attempt("ann", "here")).isZero();
  }

  private Duration attempt(String login, String origin) {
    return throttle.attempt(login, origin, now);
  }

  private void later(Duration time) {
    now = now.plus(time);
  }
}
