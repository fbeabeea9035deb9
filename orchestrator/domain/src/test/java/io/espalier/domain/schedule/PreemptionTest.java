package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.BLUE;
import static io.espalier.domain.schedule.Scene.GREEN;
import static io.espalier.domain.schedule.Scene.RED;
import static io.espalier.domain.schedule.Scene.aLease;
import static io.espalier.domain.schedule.Scene.aTask;
import static io.espalier.domain.schedule.Scene.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.PauseReason;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PreemptionTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void takesBackForAGuaranteeWhatWasLentAtOnceAndHoweverYoung() {
    var scene =
        new Scene()
            .team(RED, 1, 2, 8)
            .team(BLUE)
            .host("oak", 2)
            .runs(
                aLease(1, BLUE, "oak", 0).granted(MINUTE),
                aLease(2, BLUE, "oak", 1).granted(MINUTE))
            .waits(aTask(10, RED).submitted(Duration.ZERO));

    assertThat(victims(scene)).hasSize(1);
    assertThat(scene.plan().yields().getFirst().reason()).isEqualTo(PauseReason.PREEMPTED);
    assertThat(scene.reason()).isEqualTo(WaitingReason.PREEMPTING);
  }

  @Test
  void asksTheOneWhoLosesLeastSinceItsCheckpoint() {
    var scene =
        new Scene()
            .team(RED, 1, 1, 8)
            .team(BLUE)
            .host("ash", 1)
            .host("elm", 1)
            .host("oak", 1)
            .runs(
                aLease(1, BLUE, "ash", 0).unsaved(MINUTE.multipliedBy(9)),
                aLease(2, BLUE, "elm", 0).unsaved(MINUTE),
                aLease(3, BLUE, "oak", 0).unsaved(Duration.ZERO).granted(MINUTE))
            .waits(aTask(10, RED));

    assertThat(victims(scene))
        .as("the third is too young to be asked first")
        .containsExactly(id(2));
  }

  @Test
  void neverTakesWhatIsGuaranteed() {
    var scene =
        new Scene()
            .team(RED, 1, 2, 8)
            .team(BLUE, 1, 2, 8)
            .host("oak", 2)
            .runs(aLease(1, BLUE, "oak", 0), aLease(2, BLUE, "oak", 1))
            .waits(aTask(10, RED).submitted(Duration.ofDays(1)));

    assertThat(victims(scene)).isEmpty();
    assertThat(scene.reason()).isEqualTo(WaitingReason.SLOTS_BUSY);
  }

  @Test
  void takesAFairShareBackFromThoseWhoKeepTheirsOnceATaskHasWaited() {
    var scene =
        new Scene()
            .team(RED)
            .team(BLUE)
            .host("oak", 4)
            .runs(
                aLease(1, BLUE, "oak", 0),
                aLease(2, BLUE, "oak", 1),
                aLease(3, BLUE, "oak", 2),
                aLease(4, BLUE, "oak", 3))
            .waits(
                aTask(10, RED).submitted(MINUTE.multipliedBy(6)),
                aTask(11, RED).submitted(MINUTE.multipliedBy(6)),
                aTask(12, RED).submitted(MINUTE.multipliedBy(6)));

    assertThat(victims(scene)).as("half of four is two").hasSize(2);
  }

  @Test
  void neitherAnImpatientTaskNorAYoungNorAnOftenPreemptedVictimMovesAFairShare() {
    var impatient =
        new Scene()
            .team(RED)
            .team(BLUE)
            .host("oak", 2)
            .runs(aLease(1, BLUE, "oak", 0), aLease(2, BLUE, "oak", 1))
            .waits(aTask(10, RED).submitted(MINUTE));
    var protectedOnes =
        new Scene()
            .team(RED)
            .team(BLUE)
            .host("oak", 2)
            .runs(aLease(1, BLUE, "oak", 0).granted(MINUTE), aLease(2, BLUE, "oak", 1).preempted(2))
            .waits(aTask(10, RED));

    assertThat(victims(impatient)).isEmpty();
    assertThat(victims(protectedOnes)).isEmpty();
  }

  @Test
  void anUrgentTaskTakesThePlaceOfAScavengerOfItsOwnTeamOnly() {
    var scene =
        new Scene()
            .team(RED)
            .team(BLUE)
            .host("oak", 3)
            .runs(
                aLease(1, RED, "oak", 0),
                aLease(2, RED, "oak", 1).at(PriorityClass.SCAVENGER),
                aLease(3, BLUE, "oak", 2).at(PriorityClass.SCAVENGER))
            .waits(aTask(10, RED).at(PriorityClass.URGENT).submitted(Duration.ZERO));

    assertThat(victims(scene)).containsExactly(id(2));
  }

  @Test
  void countsOnSlotsThatAreBeingEmptiedAlready() {
    var scene =
        new Scene()
            .team(RED, 1, 2, 8)
            .team(BLUE)
            .host("oak", 3)
            .runs(
                aLease(1, BLUE, "oak", 0).yielding(),
                aLease(2, BLUE, "oak", 1),
                aLease(3, BLUE, "oak", 2))
            .waits(aTask(10, RED), aTask(11, RED));

    assertThat(victims(scene)).hasSize(1);
  }

  @Test
  void emptiesForAGangTheHostWhereThatCostsLeastAndNobodyTooMany() {
    var scene =
        new Scene()
            .team(RED, 1, 4, 8)
            .team(BLUE)
            .host("ash", 4)
            .host("oak", 4)
            .runs(
                aLease(1, BLUE, "ash", 0, 1).unsaved(MINUTE),
                aLease(2, BLUE, "ash", 2, 3).unsaved(MINUTE),
                aLease(3, BLUE, "oak", 0).unsaved(Duration.ZERO),
                aLease(4, BLUE, "oak", 1).unsaved(Duration.ZERO),
                aLease(5, BLUE, "oak", 2, 3).unsaved(Duration.ofSeconds(10)))
            .waits(aTask(10, RED).gang(3));

    assertThat(victims(scene)).as("one of the small ones stays").hasSize(2).contains(id(5));
  }

  @Test
  void aPreemptedJobHasNoClaimOnTheOneThatTookItsPlace() {
    var afterwards =
        new Scene()
            .team(RED)
            .team(BLUE)
            .host("oak", 4)
            .runs(
                aLease(1, BLUE, "oak", 0),
                aLease(2, BLUE, "oak", 1),
                aLease(10, RED, "oak", 2),
                aLease(11, RED, "oak", 3))
            .waits(aTask(3, BLUE), aTask(4, BLUE), aTask(12, RED));

    assertThat(victims(afterwards)).isEmpty();
  }

  @Test
  void aThirdTeamThatHasItsShareLosesNothing() {
    var scene =
        new Scene()
            .team(RED)
            .team(BLUE)
            .team(GREEN)
            .host("oak", 3)
            .runs(
                aLease(1, BLUE, "oak", 0).unsaved(MINUTE),
                aLease(2, BLUE, "oak", 1).unsaved(MINUTE),
                aLease(3, GREEN, "oak", 2))
            .waits(aTask(10, RED));

    assertThat(victims(scene)).hasSize(1).doesNotContain(id(3));
  }

  @Test
  void aGangWithoutAPlaceDoesNotHideTheGuaranteeOfThoseBehindIt() {
    var scene =
        new Scene()
            .team(RED, 1, 2, 8)
            .team(BLUE)
            .host("oak", 1)
            .waits(aTask(10, RED).gang(4), aTask(11, RED), aTask(20, BLUE), aTask(21, BLUE));

    assertThat(scene.plan().grants())
        .extracting(grant -> grant.waiting().job())
        .as("who would have to leave again in the next cycle is not let in")
        .containsExactly(id(11));
  }

  @Test
  void aGangThatIsPromisedAHostLeavesItsTeamTheGuaranteeElsewhere() {
    var scene =
        new Scene()
            .team(RED, 1, 2, 8)
            .team(BLUE)
            .host("elm", 4)
            .host("oak", 1)
            .runs(aLease(1, BLUE, "elm", 0), aLease(2, BLUE, "elm", 1))
            .waits(
                aTask(10, RED).gang(4),
                aTask(11, RED).lasting(Duration.ofHours(3)),
                aTask(20, BLUE).lasting(Duration.ofHours(3)));

    var plan = scene.plan();
    assertThat(plan.grants()).extracting(grant -> grant.waiting().job()).containsExactly(id(11));
    assertThat(plan.reservations())
        .extracting(reservation -> reservation.waiting().job())
        .containsExactly(id(10));
  }

  @Test
  void asksNobodyToLeaveAHostThatRestsBeforeAStartIsWorthIt() {
    var scene =
        new Scene()
            .team(RED, 1, 2, 8)
            .team(BLUE)
            .host("oak", 1)
            .maintenance("oak", MINUTE.multipliedBy(5), Duration.ofHours(1))
            .runs(aLease(1, BLUE, "oak", 0).endsIn(MINUTE))
            .waits(aTask(10, RED).lasting(Duration.ofHours(1)));

    assertThat(victims(scene)).isEmpty();
  }

  private static List<UUID> victims(Scene scene) {
    return scene.plan().yields().stream().map(asked -> asked.running().job()).toList();
  }
}
