package io.espalier.orchestrator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An admin takes a host out of service: its work goes on elsewhere, and comes back afterwards. */
class DrainTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();
  private final SimulatedAgent oak = platform.agent("oak", 1);
  private UUID job;
  private SimulatedAgent.Trainer training;

  @BeforeEach
  void oakTrainsAJob() {
    job = team.submit();
    platform.planning.tick();
    oak.startOnlyLease().profiled();
    platform.planning.tick();
    training = oak.startOnlyLease();
    training.checkpoint(10);
  }

  @AfterEach
  void everythingHolds() {
    platform.assertInvariants();
  }

  @Test
  void aDrainedAgentIsToldToYieldAndItsJobGoesOnElsewhereFromItsCheckpoint() {
    var elm = platform.agent("elm", 1);
    platform.agents.drain(platform.admin, oak.id, true);
    assertThat(oak.desired()).hasSize(1);
    assertThat(oak.desired().getFirst().wish()).isEqualTo(Wish.YIELD);

    training.checkpoint(12);
    training.yielded(12);
    assertThat(state()).isEqualTo(JobState.PAUSED);
    assertThat(platform.jobs.get(team.member, job).pauseReason()).isEqualTo(PauseReason.DRAIN);

    platform.planning.tick();
    assertThat(state()).isEqualTo(JobState.TRAINING);
    assertThat(elm.desired().getFirst().task().inputs())
        .extracting(NamedBlob::name)
        .anySatisfy(name -> assertThat(name).startsWith("checkpoint/"));
    assertThat(oak.desired()).isEmpty();
  }

  @Test
  void nothingIsGrantedToADrainedAgentUntilItIsEnabledAgain() {
    platform.agents.drain(platform.admin, oak.id, true);
    training.yielded(10);
    platform.planning.tick();
    assertThat(oak.desired()).isEmpty();
    assertThat(platform.jobs.get(team.member, job).whyWaiting().sentence()).contains("draining");

    platform.agents.drain(platform.admin, oak.id, false);
    platform.planning.tick();
    assertThat(oak.desired()).hasSize(1);
    assertThat(state()).isEqualTo(JobState.TRAINING);
  }

  @Test
  void aCancelledJobIsNotAskedForACheckpoint() {
    platform.jobs.cancel(team.member, job);
    platform.agents.drain(platform.admin, oak.id, true);
    assertThat(oak.desired().getFirst().wish()).isEqualTo(Wish.STOP);
  }

  private JobState state() {
    return platform.jobs.get(team.member, job).state();
  }
}
