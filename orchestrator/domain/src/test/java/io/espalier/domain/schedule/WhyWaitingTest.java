package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.BLUE;
import static io.espalier.domain.schedule.Scene.RED;
import static io.espalier.domain.schedule.Scene.aLease;
import static io.espalier.domain.schedule.Scene.aTask;
import static io.espalier.domain.schedule.Scene.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One scene for each reason. */
class WhyWaitingTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void startWindow() {
    var scene = new Scene().team(RED).host("oak", 1).waits(aTask(10, RED).opensIn(HOUR));

    assertThat(scene.reason()).isEqualTo(WaitingReason.START_WINDOW);
    assertThat(sentence(scene)).contains("2026-11-23T13:00:00Z");
  }

  @Test
  void budget() {
    var scene = new Scene().team(RED, GpuTime.ofSeconds(30)).host("oak", 1).waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.BUDGET);
    assertThat(sentence(scene)).contains("30.0 GPU-s more");
  }

  @Test
  void cap() {
    var scene =
        new Scene().team(RED).host("oak", 1).waits(aTask(10, RED).cappedAt(GpuTime.ofSeconds(50)));

    assertThat(scene.reason()).isEqualTo(WaitingReason.CAP);
    assertThat(sentence(scene)).contains("10.0 GPU-s more");
  }

  @Test
  void ceiling() {
    var scene =
        new Scene()
            .team(RED, 1, 0, 1)
            .host("oak", 2)
            .runs(aLease(1, RED, "oak", 0))
            .waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.CEILING);
    assertThat(sentence(scene)).contains("may have 1 slot of H200");
  }

  @Test
  void preempting() {
    var scene =
        new Scene()
            .team(RED, 1, 1, 1)
            .team(BLUE)
            .host("oak", 1)
            .runs(aLease(1, BLUE, "oak", 0))
            .waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.PREEMPTING);
  }

  @Test
  void reserved() {
    var scene =
        new Scene()
            .team(RED)
            .host("oak", 2)
            .runs(aLease(1, RED, "oak", 0))
            .waits(
                aTask(10, RED).gang(2).submitted(HOUR),
                aTask(11, RED).lasting(HOUR.multipliedBy(2)).submitted(Duration.ZERO));

    assertThat(scene.plan().waits().getLast().reason()).isEqualTo(WaitingReason.RESERVED);
  }

  @Test
  void fragmented() {
    var scene =
        new Scene()
            .team(RED)
            .host("ash", 2)
            .host("oak", 2)
            .runs(aLease(1, RED, "ash", 0), aLease(2, RED, "oak", 0))
            .waits(aTask(10, RED).gang(2));

    assertThat(scene.reason()).isEqualTo(WaitingReason.FRAGMENTED);
    assertThat(sentence(scene)).contains("2 slots of H200 on one host");
  }

  @Test
  void slotsBusyForTheNextOfATeamAndBehindForTheOthers() {
    var scene =
        new Scene()
            .team(RED)
            .host("oak", 1)
            .runs(aLease(1, RED, "oak", 0))
            .waits(aTask(10, RED).submitted(HOUR), aTask(11, RED).submitted(Duration.ZERO));

    assertThat(scene.plan().waits())
        .extracting(Plan.Wait::reason)
        .containsExactly(WaitingReason.SLOTS_BUSY, WaitingReason.BEHIND);
  }

  @Test
  void maintenanceNowAndSoon() {
    var now =
        new Scene()
            .team(RED)
            .host("oak", 1)
            .maintenance("oak", Duration.ZERO, HOUR)
            .waits(aTask(10, RED));
    var soon =
        new Scene()
            .team(RED)
            .host("oak", 1)
            .maintenance(null, Duration.ofMinutes(9), HOUR)
            .waits(aTask(10, RED));

    assertThat(now.reason()).isEqualTo(WaitingReason.MAINTENANCE);
    assertThat(soon.reason()).isEqualTo(WaitingReason.MAINTENANCE);
  }

  @Test
  void draining() {
    var scene = new Scene().team(RED).host("oak", 1).draining("oak").waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.DRAINING);
  }

  @Test
  void disabled() {
    var scene =
        new Scene()
            .team(RED)
            .host("oak", 1)
            .closed("oak", 0, Closed.DISABLED)
            .waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.DISABLED);
  }

  @Test
  void quarantined() {
    var scene =
        new Scene()
            .team(RED)
            .host("oak", 2)
            .closed("oak", 0, Closed.QUARANTINED)
            .waits(aTask(10, RED).gang(2));

    assertThat(scene.reason()).isEqualTo(WaitingReason.QUARANTINED);
  }

  @Test
  void agentSilent() {
    var scene = new Scene().team(RED).host("oak", 1).silent("oak").waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.AGENT_SILENT);
  }

  @Test
  void noFittingSlot() {
    var otherPool = new Scene().team(RED).host("oak", 1, "cpu").waits(aTask(10, RED));
    var nobody = new Scene().team(RED).waits(aTask(10, RED).in(null));
    var noLabel = new Scene().team(RED).host("oak", 1).waits(aTask(10, RED).on("nvlink"));
    var absent =
        new Scene().team(RED).host("oak", 1).closed("oak", 0, Closed.ABSENT).waits(aTask(10, RED));

    for (var scene : List.of(otherPool, nobody, noLabel, absent)) {
      assertThat(scene.reason()).isEqualTo(WaitingReason.NO_FITTING_SLOT);
    }
    assertThat(sentence(noLabel)).contains("a slot of H200 on a host labelled nvlink");
  }

  @Test
  void ofSeveralHostsTheOneNearestToAStartGivesTheReason() {
    var scene =
        new Scene()
            .team(RED)
            .host("ash", 1)
            .host("elm", 1)
            .host(new Host(named("fir"), "fir", false, true, List.of(), List.of()))
            .silent("ash")
            .closed("elm", 0, Closed.DISABLED)
            .waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.DISABLED);
  }

  @Test
  void moneyIsNamedBeforeSlots() {
    var scene =
        new Scene().team(RED, GpuTime.ZERO).host("oak", 1).draining("oak").waits(aTask(10, RED));

    assertThat(scene.reason()).isEqualTo(WaitingReason.BUDGET);
    assertThat(EnumSet.allOf(WaitingReason.class).stream().filter(WaitingReason::isForMoney))
        .containsExactlyInAnyOrderElementsOf(Set.of(WaitingReason.BUDGET, WaitingReason.CAP));
  }

  private static String sentence(Scene scene) {
    return scene.plan().waits().getFirst().text();
  }
}
