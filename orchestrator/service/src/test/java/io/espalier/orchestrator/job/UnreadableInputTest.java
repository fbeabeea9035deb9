package io.espalier.orchestrator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import java.nio.file.Files;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What was accepted into the store, and does not come out of it as it went in. */
class UnreadableInputTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();
  private final SimulatedAgent agent = platform.agent("oak", 1);
  private final UUID job = team.submit();

  @AfterEach
  void everythingHoldsWhateverHappened() {
    platform.assertInvariants();
  }

  @Test
  void endsTheJobAndTheTeamDoesNotPay() {
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    trainer.cannotRead(input(trainer, "dataset"));

    var ended = platform.jobs.get(team.member, job);
    assertThat(ended.state()).isEqualTo(JobState.FAILED);
    assertThat(ended.failureReason()).isEqualTo(FailureReason.INPUT_UNREADABLE);
    assertThat(ended.spent()).isEqualTo(GpuTime.ZERO);
  }

  @Test
  void aTrainingGoesOnFromTheCheckpointBeforeADamagedOne() {
    var trainer = training();
    trainer.checkpoint(10);
    trainer.checkpoint(20);
    trainer.yielded(20);
    platform.planning.tick();
    var resumed = agent.startOnlyLease();
    var damaged = input(resumed, "checkpoint/state.safetensors");

    resumed.cannotRead(damaged);

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    platform.planning.tick();
    assertThat(input(agent.startOnlyLease(), "checkpoint/state.safetensors").blob())
        .isNotEqualTo(damaged.blob());
  }

  @Test
  void aTrainingWithoutAnotherCheckpointBeginsAnew() {
    var trainer = training();
    trainer.checkpoint(10);
    trainer.yielded(10);
    platform.planning.tick();
    var resumed = agent.startOnlyLease();

    resumed.cannotRead(input(resumed, "checkpoint/state.safetensors"));

    platform.planning.tick();
    assertThat(agent.startOnlyLease().lease.task().inputs())
        .extracting(NamedBlob::name)
        .noneMatch(name -> name.startsWith("checkpoint/"));
  }

  @Test
  void anInputThatIsCutShortIsNotGivenOut() throws Exception {
    var trainer = training();
    trainer.checkpoint(10);
    trainer.yielded(10);
    platform.planning.tick();
    var resumed = agent.startOnlyLease();
    var sha256 = input(resumed, "checkpoint/state.safetensors").blob().sha256();
    var file = platform.agents.blob(agent.id, resumed.lease.leaseId(), sha256);
    var whole = Files.readAllBytes(file);
    Files.write(file, new byte[1]);

    assertThatThrownBy(() -> platform.agents.blob(agent.id, resumed.lease.leaseId(), sha256))
        .isInstanceOf(Refused.class);
    Files.write(file, whole);
  }

  private SimulatedAgent.Trainer training() {
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    return agent.startOnlyLease();
  }

  private static NamedBlob input(SimulatedAgent.Trainer trainer, String name) {
    return trainer.lease.task().inputs().stream()
        .filter(input -> input.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
