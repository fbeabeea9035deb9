package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.BLUE;
import static io.espalier.domain.schedule.Scene.NOW;
import static io.espalier.domain.schedule.Scene.RED;
import static io.espalier.domain.schedule.Scene.aLease;
import static io.espalier.domain.schedule.Scene.aTask;
import static io.espalier.domain.schedule.Scene.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Plan.Grant;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One host of four: a gang of four waits until the lease on two of them ends in an hour. */
class BackfillTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final Scene scene =
      new Scene()
          .team(RED, 4)
          .team(BLUE)
          .host("oak", 4)
          .runs(aLease(1, BLUE, "oak", 0, 1))
          .waits(aTask(10, RED).gang(4).submitted(Duration.ofMinutes(1)));

  @Test
  void promisesTheFirstThatFindsNoPlaceTheHostThatIsFreeSoonest() {
    scene.host("elm", 4).runs(aLease(2, BLUE, "elm", 0).endsIn(Duration.ofMinutes(20)));

    assertThat(scene.plan().reservations())
        .singleElement()
        .satisfies(promise -> {
          assertThat(promise.waiting().job()).isEqualTo(id(10));
          assertThat(promise.host().name()).isEqualTo("elm");
          assertThat(promise.from()).isEqualTo(NOW.plus(Duration.ofMinutes(20)));
        });
  }

  @Test
  void letsInWhatWillHaveLeftByThenAndTellsItWhenItMust() {
    scene.waits(aTask(20, BLUE).lasting(Duration.ofMinutes(59)));

    assertThat(scene.plan().grants())
        .extracting(grant -> grant.waiting().job(), Grant::yieldBy)
        .containsExactly(tuple(id(20), NOW.plus(HOUR)));
  }

  @Test
  void keepsTheFreeSlotsFromWhatWouldStayLonger() {
    scene.waits(aTask(20, BLUE).lasting(Duration.ofMinutes(61)));

    assertThat(scene.plan().grants()).isEmpty();
    assertThat(scene.plan().waits().getLast().reason()).isEqualTo(WaitingReason.RESERVED);
  }

  @Test
  void letsInForAsLongAsItLikesWhatLeavesEnough() {
    var spacious =
        new Scene()
            .team(RED, 4)
            .team(BLUE)
            .host("oak", 5)
            .runs(aLease(1, BLUE, "oak", 0, 1))
            .waits(
                aTask(10, RED).gang(4).submitted(Duration.ofMinutes(1)),
                aTask(20, BLUE).lasting(HOUR.multipliedBy(9)),
                aTask(21, BLUE).lasting(HOUR.multipliedBy(9)));

    var plan = spacious.plan();

    assertThat(plan.grants())
        .singleElement()
        .satisfies(grant -> assertThat(grant.yieldBy()).isNull());
    assertThat(plan.waits().getLast().reason()).isEqualTo(WaitingReason.RESERVED);
  }

  @Test
  void aHostThatIsPromisedToNobodyIsOpenToAll() {
    scene.host("ash", 1).waits(aTask(20, BLUE).lasting(HOUR.multipliedBy(9)));

    assertThat(scene.plan().grants())
        .singleElement()
        .satisfies(grant -> {
          assertThat(grant.host().name()).isEqualTo("ash");
          assertThat(grant.yieldBy()).isNull();
        });
  }

  @Test
  void whatOutlivesItsPredictionYieldsWhereItsSlotsWerePromised() {
    scene.runs(aLease(2, BLUE, "oak", 2).promisedAway(Duration.ofMinutes(2)));

    assertThat(scene.plan().yields())
        .singleElement()
        .satisfies(asked -> {
          assertThat(asked.running().job()).isEqualTo(id(2));
          assertThat(asked.reason()).isEqualTo(PauseReason.PREEMPTED);
          assertThat(asked.claimant()).isEqualTo(id(5010));
        });
  }

  @Test
  void whatOutlivesItsPredictionALittleOrWhereNobodyWaitsStays() {
    scene.runs(aLease(2, BLUE, "oak", 2).promisedAway(Duration.ofSeconds(30)));
    var quiet =
        new Scene().team(BLUE).host("oak", 4).runs(aLease(2, BLUE, "oak", 2).promisedAway(HOUR));

    assertThat(scene.plan().yields()).isEmpty();
    assertThat(quiet.plan().yields()).isEmpty();
  }
}
