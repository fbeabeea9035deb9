package io.espalier.domain.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.Desired.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PressureTest {

  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(120), Duration.ofSeconds(10), Duration.ofSeconds(15));

  @Test
  void leavesATrainerThatIsWantedAlone() {
    assertThat(pressure(Wish.RUN, 0)).isEqualTo(Pressure.NONE);
    assertThat(pressure(Wish.RUN, 900)).isEqualTo(Pressure.NONE);
  }

  @Test
  void asksBeforeItTerminatesBeforeItKills() {
    assertThat(pressure(Wish.YIELD, 0)).isEqualTo(Pressure.ASK);
    assertThat(pressure(Wish.YIELD, 119)).isEqualTo(Pressure.ASK);
    assertThat(pressure(Wish.YIELD, 120)).isEqualTo(Pressure.TERMINATE);
    assertThat(pressure(Wish.YIELD, 129)).isEqualTo(Pressure.TERMINATE);
    assertThat(pressure(Wish.YIELD, 130)).isEqualTo(Pressure.KILL);
  }

  @Test
  void doesNotAskATrainerWhoseWorkIsNotWanted() {
    assertThat(pressure(Wish.STOP, 0)).isEqualTo(Pressure.TERMINATE);
    assertThat(pressure(Wish.STOP, 10)).isEqualTo(Pressure.KILL);
  }

  @Test
  void killsATrainerThatDidNotStopItselfAtItsDeadline() {
    assertThat(pressure(Wish.RUN, 1_000)).isEqualTo(Pressure.NONE);
    assertThat(pressure(Wish.RUN, 1_015)).isEqualTo(Pressure.NONE);
    assertThat(pressure(Wish.RUN, 1_016)).isEqualTo(Pressure.KILL);
  }

  @Test
  void pressesATrainerThatSaidItsLastWordAndStays() {
    var silent = Optional.of(START);
    assertThat(pressure(Wish.RUN, silent, 10)).isEqualTo(Pressure.NONE);
    assertThat(pressure(Wish.RUN, silent, 11)).isEqualTo(Pressure.TERMINATE);
    assertThat(pressure(Wish.RUN, silent, 20)).isEqualTo(Pressure.KILL);
  }

  @Test
  void neverFallsAsTimePasses() {
    for (Wish wish : Wish.values()) {
      Pressure before = Pressure.NONE;
      for (int second = 0; second < 1_200; second++) {
        Pressure now = pressure(wish, Optional.of(START.plusSeconds(300)), second);
        assertThat(now).isGreaterThanOrEqualTo(before);
        before = now;
      }
      assertThat(before).isEqualTo(Pressure.KILL);
    }
  }

  private static Pressure pressure(Wish wish, int second) {
    return pressure(wish, Optional.empty(), second);
  }

  /** With a wish uttered at the start, and a deadline 1,000 s later. */
  private static Pressure pressure(Wish wish, Optional<Instant> saidLastWordAt, int second) {
    var situation = new Pressure.Situation(wish, START, START.plusSeconds(1_000), saidLastWordAt);
    return Pressure.of(situation, PATIENCE, START.plusSeconds(second));
  }
}
