package io.espalier.orchestrator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Every pause is a checkpoint, a release, and a place in the queue that is kept. */
class PauseTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();
  private final SimulatedAgent agent = platform.agent("oak", 1);

  @AfterEach
  void everythingHoldsWhateverHappened() {
    platform.assertInvariants();
  }

  @Test
  void aWaitingJobIsPausedAtOnceAndGetsNoSlotUntilItIsResumed() {
    var job = team.submit();

    assertThat(platform.jobs.pause(team.member, job).pauseReason()).isEqualTo(PauseReason.USER);
    platform.planning.tick();
    assertThat(agent.desired()).isEmpty();

    assertThat(platform.jobs.resume(team.member, job).state()).isEqualTo(JobState.QUEUED);
    platform.planning.tick();
    assertThat(agent.desired()).hasSize(1);
  }

  @Test
  void aTrainingMakesACheckpointAndGoesOnFromItWhenItIsResumed() {
    var job = training();
    var trainer = agent.startOnlyLease();

    assertThat(platform.jobs.pause(team.member, job).state())
        .as("until its trainer has left")
        .isEqualTo(JobState.TRAINING);
    assertThat(agent.desired().getFirst().wish()).isEqualTo(Wish.YIELD);
    trainer.checkpoint(30);
    trainer.yielded(30);

    var paused = platform.jobs.get(team.member, job);
    assertThat(paused.state()).isEqualTo(JobState.PAUSED);
    assertThat(paused.pauseReason()).isEqualTo(PauseReason.USER);
    assertThat(paused.held().millis()).isZero();
    platform.planning.tick();
    assertThat(agent.desired()).isEmpty();

    assertThat(platform.jobs.resume(team.member, job).state()).isEqualTo(JobState.TRAINING);
    platform.planning.tick();
    assertThat(agent.desired().getFirst().task().inputs())
        .extracting(NamedBlob::name)
        .contains("checkpoint/state.safetensors");
  }

  @Test
  void pausingTwiceIsPausingOnce() {
    var job = training();
    platform.jobs.pause(team.member, job);
    var version = platform.agents.desired(agent.id, -1, Duration.ZERO).version();

    platform.jobs.pause(team.member, job);

    assertThat(platform.agents.desired(agent.id, -1, Duration.ZERO).version()).isEqualTo(version);
  }

  @Test
  void whoIsResumedWhileItLeavesWaitsForTheNextSlot() {
    var job = training();
    var trainer = agent.startOnlyLease();
    platform.jobs.pause(team.member, job);
    platform.jobs.resume(team.member, job);
    trainer.checkpoint(30);
    trainer.yielded(30);

    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.TRAINING);
    assertThat(view.running()).isNotNull();
    assertThat(view.running().losses()).as("it was asked to leave").isZero();
    platform.planning.tick();
    assertThat(agent.desired()).hasSize(1);
  }

  @Test
  void aJobThatRestsForBudgetIsPausedByAPersonAndStaysSo() {
    var job = training();
    var trainer = agent.startOnlyLease();
    ask(trainer, PauseReason.BUDGET);
    trainer.yielded(3);
    assertThatThrownBy(() -> platform.jobs.resume(team.member, job))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("It goes on by itself once the budget or its cap is raised.");

    platform.jobs.pause(team.member, job);
    platform.planning.tick();

    assertThat(platform.jobs.get(team.member, job).pauseReason()).isEqualTo(PauseReason.USER);
    assertThat(agent.desired()).isEmpty();
  }

  @Test
  void aPreemptedJobGoesOnByItselfAtItsOldPlace() {
    var job = training();
    var trainer = agent.startOnlyLease();
    ask(trainer, PauseReason.PREEMPTED);
    trainer.checkpoint(12);
    trainer.yielded(12);
    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.PAUSED);
    assertThat(view.pauseReason()).isEqualTo(PauseReason.PREEMPTED);
    var later = team.submit();

    platform.planning.tick();

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    assertThat(agent.desired().getFirst().task().jobId()).isEqualTo(job).isNotEqualTo(later);
  }

  @Test
  void anAgentThatDiesWhileAJobLeavesForAPauseLeavesItPaused() {
    var job = training();
    platform.jobs.pause(team.member, job);

    agent.hello();

    assertThat(platform.jobs.get(team.member, job).pauseReason()).isEqualTo(PauseReason.USER);
  }

  @Test
  void onlyMembersPauseAndOnlyWhatHasNotEnded() {
    var job = team.submit();
    var other = platform.team("blue", GpuTime.ofHours(1));

    assertThatThrownBy(() -> platform.jobs.pause(other.member, job)).isInstanceOf(Refused.class);
    platform.jobs.cancel(team.member, job);
    assertThatThrownBy(() -> platform.jobs.pause(team.member, job))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("The job has ended.");
    assertThatThrownBy(() -> platform.jobs.resume(team.member, job)).isInstanceOf(Refused.class);
  }

  // ── Retries ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void outOfMemoryIsTriedAgainWithHalfOfTheBatchAtOnce() {
    var job = training();
    var first = agent.startOnlyLease();
    var work = (TaskSpec.Train) first.lease.task().work();
    assertThat(work.microBatch()).isNull();
    int batch = work.training().settings().batching().batchSize();

    first.failed(FailureReason.OUT_OF_MEMORY);
    platform.planning.tick();

    var again = (TaskSpec.Train) agent.desired().getFirst().task().work();
    assertThat(again.microBatch()).isEqualTo(batch / 2);
    assertThat(again.training()).isEqualTo(work.training());
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
  }

  @Test
  void divergenceIsNotTriedAgain() {
    var job = training();

    agent.startOnlyLease().failed(FailureReason.DIVERGED);

    var view = platform.jobs.get(team.member, job);
    assertThat(view.failureReason()).isEqualTo(FailureReason.DIVERGED);
    assertThat(view.inWords()).startsWith("Failed: diverged.");
  }

  @Test
  void aHardwareErrorPutsTheSlotInQuarantineAndTheTaskElsewhere() {
    var job = training();
    agent.startOnlyLease().failed(FailureReason.HARDWARE);
    platform.planning.tick();
    assertThat(agent.desired()).as("not there again").isEmpty();
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);

    var elm = platform.agent("elm", 1);
    platform.planning.tick();

    assertThat(elm.desired()).hasSize(1);
    assertThat(elm.desired().getFirst().task().jobId()).isEqualTo(job);
  }

  private void ask(SimulatedAgent.Trainer trainer, PauseReason reason) {
    boolean asked =
        platform.transactions.asPlanner(jdbc ->
            platform.leases.askToYield(
                jdbc, platform.leases.lock(jdbc, trainer.lease.leaseId()).orElseThrow(), reason));
    assertThat(asked).isTrue();
  }

  /** A job whose training has a slot on the agent. */
  private UUID training() {
    var job = team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    return job;
  }
}
