package io.espalier.orchestrator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ClusterTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();

  private final Cluster cluster =
      new Cluster(
          platform.transactions,
          new AgentTimes(
              Duration.ofSeconds(1),
              Duration.ofMinutes(5),
              Duration.ofMinutes(15),
              Duration.ofHours(24)));
  private final TestPlatform.Team red = platform.team("red", GpuTime.ofHours(1));
  private final TestPlatform.Team blue = platform.team("blue", GpuTime.ofHours(1));

  @Test
  void everybodySeesWhatIsBusyAndOnlyTheTeamSeesWithWhat() {
    platform.agent("oak", 2);
    var job = red.submit();
    platform.planning.tick();

    assertThat(busy(red.member))
        .isInstanceOfSatisfying(
            Whose.Mine.class,
            mine -> {
              assertThat(mine.job()).isEqualTo(job);
              assertThat(mine.teamName()).isEqualTo("red");
            });
    assertThat(busy(platform.admin)).isEqualTo(new Whose.OfTeam(red.id, "red"));
    assertThat(busy(blue.member)).isEqualTo(new Whose.Somebodys());
    assertThat(busy(nobody())).isEqualTo(new Whose.Somebodys());
  }

  @Test
  void aSilentAndADrainingHostSaySo() {
    var oak = platform.agent("oak", 1);
    platform.agent("elm", 1);
    platform.agents.drain(platform.admin, oak.id, true);
    platform.letTimePass(Duration.ofMinutes(6));
    oak.desired();

    var hosts = cluster.hosts(nobody());

    assertThat(hosts).extracting(Host::name).containsExactly("elm", "oak");
    assertThat(hosts).extracting(Host::live).containsExactly(false, true);
    assertThat(hosts).extracting(Host::draining).containsExactly(false, true);
  }

  @Test
  void whatWaitsIsListedWithItsReasonLongestFirst() {
    red.submit();
    platform.letTimePass(Duration.ofMinutes(1));
    blue.submit();
    platform.planning.tick();

    var first = cluster.queue(red.member, PageRequest.first(1));
    var second = cluster.queue(red.member, new PageRequest(1, first.next()));

    assertThat(first.items())
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.kind()).isEqualTo(TaskKind.PROFILE);
          assertThat(waiting.reason()).isEqualTo(WaitingReason.NO_FITTING_SLOT);
          assertThat(waiting.sentence()).isNotBlank();
        });
    assertThat(second.items())
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.whose()).isEqualTo(new Whose.Somebodys());
          assertThat(waiting.reason()).isEqualTo(WaitingReason.NO_FITTING_SLOT);
          // The planner's sentence may tell of another team's budget.
          assertThat(waiting.sentence()).isNull();
        });
    assertThat(second.next()).isNull();
  }

  private Whose busy(Principal who) {
    return cluster.hosts(who).getFirst().slots().stream()
        .map(Host.Slot::work)
        .filter(work -> work != null)
        .map(Host.Work::whose)
        .findFirst()
        .orElseThrow();
  }

  private static Principal nobody() {
    return new Principal(UUID.randomUUID(), "eve", "Eve", false, Map.of());
  }
}
