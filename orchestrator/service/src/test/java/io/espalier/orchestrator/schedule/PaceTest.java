package io.espalier.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long PLAN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Pace pace = new Pace();
  private long now;

  @Test
  void leavesHalfOfACoreToWhoeverBringsWork() {
    assertThat(shareOf(PLAN, true)).isBetween(0.49, 0.51);
  }

  @Test
  void plansInVainTakeAnEighthOfACore() {
    assertThat(shareOf(PLAN, false)).isBetween(0.12, 0.14);
  }

  @Test
  void whatComesNowAndThenWaitsForNothingButThePlanBefore() {
    for (int i = 0; i < 100; i++) {
      assertThat(plan(PLAN, false)).isEqualTo(PLAN);
      now += SECOND / 10;
    }
  }

  @Test
  void afterALongPlanItIsBackWithinASecond() {
    for (int i = 0; i < 20; i++) assertThat(plan(SECOND / 2, false)).isLessThan(SECOND);
  }

  /** Of a minute in which there is always something to plan. */
  private double shareOf(long took, boolean granted) {
    long planned = 0;
    while (now < 60 * SECOND) {
      long rest = plan(took, granted);
      now += rest;
      planned += took;
    }
    return (double) planned / now;
  }

  /** The rest after a plan that ends now. */
  private long plan(long took, boolean granted) {
    now += took;
    return pace.rest(now - took, now, granted);
  }
}
