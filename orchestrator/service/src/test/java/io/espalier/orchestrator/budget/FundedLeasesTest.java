package io.espalier.orchestrator.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FundedLeasesTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();

  @AfterEach
  void everythingHoldsWhateverHappened() {
    platform.assertInvariants();
  }

  @Test
  void aSliceIsRenewedPastItsHalfAndChargedForWhatWasUsed() {
    var team = platform.team();
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    keepRunning(trainer, Duration.ofMinutes(4));
    assertThat(spent(team, job)).isEqualTo(GpuTime.ZERO);
    keepRunning(trainer, Duration.ofMinutes(2));
    assertThat(spent(team, job).seconds()).isBetween(300.0, 360.0 + 30);
    assertThat(held(team, job)).isEqualTo(TestPlatform.TERMS.fullHold(1));
    keepRunning(trainer, Duration.ofMinutes(24));
    assertThat(spent(team, job).seconds()).isBetween(1490.0, 1810.0);
    trainer.profiled();

    platform.assertCharged(spent(team, job), 1800);
    assertThat(held(team, job)).isEqualTo(GpuTime.ZERO);
  }

  @Test
  void parksAtTheEndOfTheBudgetWithoutOverspendingAndGoesOnAfterACredit() {
    var team = platform.team("poor", GpuTime.ofSeconds(900));
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    var told = keepRunningUntilTold(agent, trainer);
    assertThat(told).isEqualTo(Wish.YIELD);
    trainer.checkpoint(60);
    trainer.yielded(60);

    var parked = platform.jobs.get(team.member, job);
    assertThat(parked.state()).isEqualTo(JobState.PAUSED);
    assertThat(parked.pauseReason()).isEqualTo(PauseReason.BUDGET);
    assertThat(parked.held()).isEqualTo(GpuTime.ZERO);
    assertThat(parked.spent().seconds()).isBetween(850.0, 900.0);
    platform.planning.tick();
    var waiting = platform.jobs.get(team.member, job);
    assertThat(waiting.state()).isEqualTo(JobState.PAUSED);
    assertThat(waiting.whyWaiting()).isNotNull();
    assertThat(waiting.whyWaiting().reason()).isEqualTo(WaitingReason.BUDGET);
    assertThat(waiting.whyWaiting().sentence()).startsWith("The team's budget needs ");

    team.fund(GpuTime.ofHours(1));
    platform.planning.tick();

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    var again = agent.startOnlyLease();
    assertThat(again.lease.task().inputs())
        .anyMatch(input -> input.name().equals("checkpoint/state.safetensors"));
    again.trained();
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.EVALUATING);
  }

  @Test
  void parksAtTheJobsCapAndGoesOnWhenItIsRaised() {
    var team = platform.team();
    var agent = platform.agent("oak", 1);
    var job = team.submit(GpuTime.ofSeconds(400));
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    assertThat(keepRunningUntilTold(agent, trainer)).isEqualTo(Wish.YIELD);
    trainer.yielded(10);
    team.fund(GpuTime.ofHours(1));
    platform.planning.tick();
    var parked = platform.jobs.get(team.member, job);
    assertThat(parked.state()).isEqualTo(JobState.PAUSED);
    assertThat(parked.whyWaiting()).isNotNull();
    assertThat(parked.whyWaiting().sentence()).startsWith("The job's cap needs ");

    platform.jobs.raiseCap(team.member, job, GpuTime.ofSeconds(400));
    platform.planning.tick();

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    assertThat(agent.desired()).hasSize(1);
  }

  @Test
  void aParkedJobThatIsFundedAgainWaitsForASlotLikeAnyOther() {
    var team = platform.team("poor", GpuTime.ofSeconds(900));
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    keepRunningUntilTold(agent, trainer);
    trainer.yielded(60);
    var other = platform.team("rich", GpuTime.ofHours(1));
    other.submit();
    platform.planning.tick();

    team.fund(GpuTime.ofHours(1));
    platform.planning.tick();
    platform.planning.tick();

    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.TRAINING);
    assertThat(view.whyWaiting()).isNotNull();
    assertThat(view.whyWaiting().reason()).isEqualTo(WaitingReason.SLOTS_BUSY);
  }

  @Test
  void aTrainerMayNotRunLongerThanItsHoldPaysFor() {
    var team = platform.team("poor", GpuTime.ofSeconds(80));
    var agent = platform.agent("oak", 1);
    team.submit(GpuTime.ofSeconds(80));
    platform.planning.tick();
    platform.letTimePass(Duration.ofSeconds(60));

    var trainer = agent.startOnlyLease();

    assertThat(trainer.heartbeat().validMillis()).isBetween(15_000L, 20_000L);
  }

  @Test
  void twoSubmittersRaceForTheLastBudgetAndOneOfThemWaits() throws Exception {
    var team = platform.team("poor", GpuTime.ofSeconds(100));
    platform.agent("oak", 2);
    try (var threads = Executors.newFixedThreadPool(8)) {
      var both = new ArrayList<Callable<UUID>>();
      both.add(() -> team.submit(GpuTime.ofSeconds(100)));
      both.add(() -> team.submit(GpuTime.ofSeconds(100)));
      for (var submitted : threads.invokeAll(both)) submitted.get();
      var plans = new ArrayList<Callable<Object>>();
      for (int i = 0; i < 8; i++) plans.add(platform.planning::tick);
      for (var planned : threads.invokeAll(plans)) planned.get();
    }

    platform.planning.tick();

    assertThat(platform.count("lease")).isEqualTo(1);
    var budget = platform.budgets.ofTeam(team.member, team.id);
    assertThat(budget.held()).isEqualTo(GpuTime.ofSeconds(100));
    assertThat(budget.free()).isEqualTo(GpuTime.ZERO);
    var waiting =
        platform
            .jobs
            .list(
                team.member, new JobFilter(team.id, Set.of(JobState.QUEUED)), PageRequest.first(10))
            .items();
    assertThat(waiting).hasSize(1);
    assertThat(waiting.getFirst().whyWaiting()).isNotNull();
    assertThat(waiting.getFirst().whyWaiting().reason()).isEqualTo(WaitingReason.BUDGET);
  }

  private void keepRunning(SimulatedAgent.Trainer trainer, Duration time) {
    for (long s = 0; s < time.toSeconds(); s += 30) {
      platform.letTimePass(Duration.ofSeconds(30));
      trainer.heartbeat();
    }
  }

  private Wish keepRunningUntilTold(SimulatedAgent agent, SimulatedAgent.Trainer trainer) {
    for (int i = 0; i < 200; i++) {
      platform.letTimePass(Duration.ofSeconds(10));
      trainer.heartbeat();
      var wish = agent.desired().getFirst().wish();
      if (wish != Wish.RUN) return wish;
    }
    return Wish.RUN;
  }

  private GpuTime spent(TestPlatform.Team team, UUID job) {
    return platform.jobs.get(team.member, job).spent();
  }

  private GpuTime held(TestPlatform.Team team, UUID job) {
    return platform.jobs.get(team.member, job).held();
  }
}
