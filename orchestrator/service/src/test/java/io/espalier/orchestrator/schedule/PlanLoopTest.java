package io.espalier.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.schedule.Planning.Tick;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PlanLoopTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();

  @Test
  void plansAsSoonAsSomebodyAnnouncesWork() throws InterruptedException {
    try (var loop =
        new PlanLoop(platform.planning, platform.reaper(), platform.changes, Duration.ofHours(1))) {
      loop.start();
      platform.agent("oak", 1);

      team.submit();

      assertThat(granted()).isTrue();
    }
  }

  @Test
  void plansByItselfWhenNobodyHasAskedForThreePeriods() throws InterruptedException {
    var deaf = new Changes(platform.transactions, platform.credentials.planner());
    platform.agent("oak", 1);
    team.submit();
    try (var loop =
        new PlanLoop(platform.planning, platform.reaper(), deaf, Duration.ofMillis(100))) {
      loop.start();

      assertThat(granted()).isTrue();
    }
  }

  @Test
  void oneNodePlansAtATime() {
    var tick =
        platform.transactions.asPlanner(jdbc -> {
          assertThat(AdvisoryLock.tryTake(jdbc, Planning.LOCK)).isTrue();
          return platform.planning.tick();
        });

    assertThat(tick).isEqualTo(new Tick.Busy());
    assertThat(platform.planning.tick()).isEqualTo(new Tick.Planned(0, 0, false));
  }

  private boolean granted() throws InterruptedException {
    var deadline = Instant.now().plusSeconds(30);
    while (platform.count("lease") == 0 && Instant.now().isBefore(deadline)) Thread.sleep(20);
    return platform.count("lease") == 1;
  }
}
