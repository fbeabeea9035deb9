package io.espalier.domain.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CourseTest {

  private static final Instant START = Instant.EPOCH;

  @Test
  void aWishOnlyBecomesMoreUrgent() {
    var asked = Course.found(START).told(Wish.YIELD, at(1));
    assertThat(asked.told(Wish.RUN, at(2))).isEqualTo(asked);
    assertThat(asked.told(Wish.STOP, at(3)).wishedAt()).isEqualTo(at(3));
  }

  @Test
  void theDeadlineCountsFromTheQuestion() {
    var course = Course.found(START).accepted(verdict(90), at(10));
    assertThat(course.mayRun(at(99))).isTrue();
    assertThat(course.mayRun(at(100))).isFalse();
    assertThat(course.heard()).isTrue();
    assertThat(course.confirmed()).isEqualTo(3);
  }

  @Test
  void aTrainerThatHaltedAtItsDeadlineDidAsItWasTold() {
    var course = Course.found(at(50));
    assertThat(course.didAsItWasTold(OptionalInt.of(75), Pressure.NONE, at(60))).isTrue();
    assertThat(course.didAsItWasTold(OptionalInt.of(137), Pressure.NONE, at(60))).isFalse();
  }

  @Test
  void whereNoExitCodeIsKnownTheClockTells() {
    var course = Course.found(at(50));
    assertThat(course.didAsItWasTold(OptionalInt.empty(), Pressure.NONE, at(49))).isFalse();
    assertThat(course.didAsItWasTold(OptionalInt.empty(), Pressure.NONE, at(50))).isTrue();
    assertThat(course.didAsItWasTold(OptionalInt.empty(), Pressure.KILL, at(50))).isFalse();
  }

  private static Events.Verdict verdict(long seconds) {
    return new Events.Verdict(new UUID(0, 1), Events.Outcome.ACCEPTED, 3, seconds * 1000);
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }
}
