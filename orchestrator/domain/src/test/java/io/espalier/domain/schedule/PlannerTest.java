package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.AMPLE;
import static io.espalier.domain.schedule.Scene.BLUE;
import static io.espalier.domain.schedule.Scene.GREEN;
import static io.espalier.domain.schedule.Scene.RED;
import static io.espalier.domain.schedule.Scene.aLease;
import static io.espalier.domain.schedule.Scene.aTask;
import static io.espalier.domain.schedule.Scene.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void givesTheSmallestWeightedShareItsTurnFirst() {
    var plan =
        new Scene()
            .team(RED, 1)
            .team(BLUE, 4)
            .host("oak", 7)
            .runs(aLease(1, RED, "oak", 0, 1), aLease(2, BLUE, "oak", 2, 3, 4, 5))
            .waits(aTask(10, RED).submitted(HOUR), aTask(20, BLUE).submitted(MINUTE))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(20));
  }

  @Test
  void takesTurnsWhileItGrants() {
    var plan =
        new Scene()
            .team(RED)
            .team(BLUE)
            .host("oak", 4)
            .waits(
                aTask(10, RED).submitted(MINUTE.multipliedBy(9)),
                aTask(11, RED).submitted(MINUTE.multipliedBy(8)),
                aTask(12, RED).submitted(MINUTE.multipliedBy(7)),
                aTask(20, BLUE).submitted(MINUTE.multipliedBy(2)),
                aTask(21, BLUE).submitted(MINUTE))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(10), id(20), id(11), id(21));
    assertThat(plan.waits())
        .singleElement()
        .satisfies(wait -> {
          assertThat(wait.reason()).isEqualTo(WaitingReason.SLOTS_BUSY);
          assertThat(wait.waiting().job()).isEqualTo(id(12));
        });
  }

  @Test
  void aTeamUnderItsGuaranteeGoesBeforeEverybodyElse() {
    var plan =
        new Scene()
            .team(RED, 1, 3, 8)
            .team(BLUE, 100)
            .host("oak", 4)
            .runs(aLease(1, RED, "oak", 0, 1))
            .waits(
                aTask(20, BLUE).submitted(HOUR),
                aTask(10, RED).submitted(MINUTE),
                aTask(11, RED).submitted(MINUTE))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(10), id(20));
  }

  @Test
  void aHeadThatCannotBePaidForBlocksNobody() {
    var plan =
        new Scene()
            .team(RED, GpuTime.ofSeconds(59))
            .team(BLUE)
            .host("oak", 1)
            .waits(aTask(10, RED).submitted(HOUR), aTask(20, BLUE).submitted(MINUTE))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(20));
    assertThat(plan.waits().getFirst().reason()).isEqualTo(WaitingReason.BUDGET);
    assertThat(plan.waits().getFirst().text())
        .isEqualTo("The team's budget needs 1.0 GPU-s more to start: raise it.");
  }

  @Test
  void neitherACapNorACeilingNorAStartWindowBlocksTheNextOfTheTeam() {
    var plan =
        new Scene()
            .team(RED, 1, 0, 2)
            .host("oak", 4)
            .waits(
                aTask(10, RED).cappedAt(GpuTime.ofSeconds(10)).submitted(HOUR),
                aTask(11, RED).gang(3).submitted(HOUR),
                aTask(12, RED).opensIn(HOUR).submitted(HOUR),
                aTask(13, RED).submitted(MINUTE))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(13));
    assertThat(plan.waits())
        .extracting(Plan.Wait::reason)
        .containsExactlyInAnyOrder(
            WaitingReason.CAP, WaitingReason.CEILING, WaitingReason.START_WINDOW);
  }

  @Test
  void theTeamsBudgetIsSpentOnceInOnePlan() {
    var plan =
        new Scene()
            .team(RED, GpuTime.ofSeconds(700))
            .host("oak", 3)
            .waits(aTask(10, RED), aTask(11, RED), aTask(12, RED))
            .plan();

    assertThat(plan.grants())
        .extracting(Grant::hold)
        .containsExactly(GpuTime.ofSeconds(630), GpuTime.ofSeconds(70));
    assertThat(plan.waits().getFirst().reason()).isEqualTo(WaitingReason.BUDGET);
  }

  @Test
  void aGangHoldsForAllItsSlotsAndASmallCapAllThatItHas() {
    var plan =
        new Scene()
            .team(RED)
            .host("oak", 3)
            .waits(aTask(10, RED).gang(2), aTask(11, RED).cappedAt(GpuTime.ofSeconds(100)))
            .plan();

    assertThat(plan.grants())
        .extracting(Grant::hold)
        .containsExactly(GpuTime.ofSeconds(1260), GpuTime.ofSeconds(100));
  }

  @Test
  void anUrgentTaskGoesBeforeOlderOnesOfItsTeamAndAScavengerAfterThem() {
    var plan =
        new Scene()
            .team(RED)
            .host("oak", 3)
            .waits(
                aTask(10, RED).at(PriorityClass.SCAVENGER).submitted(HOUR.multipliedBy(3)),
                aTask(11, RED).submitted(HOUR.multipliedBy(2)),
                aTask(12, RED).at(PriorityClass.URGENT).submitted(HOUR))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(12), id(11), id(10));
  }

  @Test
  void membersWhoHaveUsedLessGoFirstAndAGrantCountsAsUse() {
    var plan =
        new Scene()
            .team(RED)
            .host("oak", 3)
            .waits(
                aTask(10, RED).of(1, 0).submitted(MINUTE),
                aTask(11, RED).of(1, 0).submitted(MINUTE),
                aTask(12, RED).of(2, 0.1).submitted(HOUR),
                aTask(13, RED).of(3, 50).submitted(HOUR.multipliedBy(9)))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(10), id(12), id(11));
  }

  @Test
  void aTaskWhoseDeadlineIsInDangerGoesBeforeItsClassAndALostOneDoesNot() {
    var plan =
        new Scene()
            .team(RED)
            .host("oak", 1)
            .waits(
                aTask(10, RED).submitted(HOUR),
                aTask(11, RED).lasting(HOUR).dueIn(MINUTE.multipliedBy(30)).submitted(MINUTE),
                aTask(12, RED).lasting(HOUR).dueIn(MINUTE.multipliedBy(65)).submitted(MINUTE),
                aTask(13, RED).lasting(HOUR).dueIn(HOUR.multipliedBy(9)).submitted(MINUTE))
            .plan();

    assertThat(jobs(plan)).containsExactly(id(12));
  }

  @Test
  void aTaskStaysInItsPoolAndPrefersAGpuWhereAnyPoolWillDo() {
    var plan =
        new Scene()
            .team(RED)
            .host("ash", 1, "cpu")
            .host("elm", 1, "H200")
            .waits(aTask(10, RED).in(null).submitted(HOUR), aTask(11, RED).in("cpu"))
            .plan();

    assertThat(plan.grants())
        .extracting(grant -> grant.host().name())
        .containsExactly("elm", "ash");
  }

  @Test
  void aTaskThatAnyPoolWillDoForTakesTheProcessorWhenAllGpusAreBusy() {
    var plan =
        new Scene()
            .team(RED)
            .host("ash", 1, "cpu")
            .host("elm", 1, "H200")
            .runs(aLease(1, RED, "elm", 0))
            .waits(aTask(10, RED).in(null))
            .plan();

    assertThat(plan.grants()).extracting(Grant::pool).containsExactly("cpu");
    assertThat(plan.waits()).isEmpty();
  }

  @Test
  void leasesLeaveHostsThatDrainOrRestAndSlotsThatWereDisabled() {
    var plan =
        new Scene()
            .team(RED)
            .host("ash", 1)
            .host("elm", 2)
            .host("oak", 1)
            .draining("ash")
            .closed("elm", 1, Closed.DISABLED)
            .maintenance("oak", Duration.ZERO, HOUR)
            .runs(
                aLease(1, RED, "ash", 0),
                aLease(2, RED, "elm", 0),
                aLease(3, RED, "elm", 1),
                aLease(4, RED, "oak", 0))
            .plan();

    assertThat(plan.yields())
        .extracting(asked -> asked.running().job(), Plan.Yield::reason)
        .containsExactly(
            tuple(id(1), PauseReason.DRAIN),
            tuple(id(3), PauseReason.DRAIN),
            tuple(id(4), PauseReason.MAINTENANCE));
  }

  @Test
  void aTeamOfNoQueueAndNoMoneyCountsForNothing() {
    var plan =
        new Scene()
            .team(GREEN, GpuTime.ZERO)
            .team(RED)
            .host("oak", 2)
            .waits(aTask(10, RED), aTask(11, RED))
            .plan();

    assertThat(plan.grants()).hasSize(2);
    assertThat(plan.grants()).allSatisfy(grant -> assertThat(grant.hold()).isLessThan(AMPLE));
  }

  private static List<UUID> jobs(Plan plan) {
    return plan.grants().stream().map(grant -> grant.waiting().job()).toList();
  }
}
