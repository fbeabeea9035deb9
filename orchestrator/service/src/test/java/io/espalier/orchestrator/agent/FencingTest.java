package io.espalier.orchestrator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.lease.AfterRun;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Events.Outcome;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FencingTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();
  private final SimulatedAgent agent = platform.agent("oak", 1);

  @AfterEach
  void everythingHoldsWhateverHappened() {
    platform.assertInvariants();
  }

  @Test
  void anExpiredLeaseWaitsAgainFromItsCheckpointAndNothingIsBilledTwice() {
    var job = training();
    var lost = agent.startOnlyLease();
    platform.letTimePass(Duration.ofSeconds(40));
    lost.checkpoint(50);
    var before = spent(job);
    platform.letTimePass(Duration.ofSeconds(121));

    assertThat(platform.reaper().tick()).isEqualTo(1);
    assertThat(platform.reaper().tick()).isZero();

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    // Until the last accepted renewal, not until the expiry.
    platform.assertCharged(spent(job).minus(before), 40);
    platform.planning.tick();
    var again = agent.startOnlyLease();
    assertThat(again.lease.epoch()).isEqualTo(lost.lease.epoch() + 1);
    assertThat(again.lease.task().taskId()).isEqualTo(lost.lease.task().taskId());
    assertThat(again.lease.task().inputs())
        .extracting(NamedBlob::name)
        .contains("checkpoint/state.safetensors", "checkpoint/state.json");

    platform.letTimePass(Duration.ofSeconds(20));
    again.trained();
    platform.assertCharged(spent(job).minus(before), 60);
  }

  @Test
  void wordsOfAStaleEpochChangeNothing() {
    var job = training();
    var lost = agent.startOnlyLease();
    platform.letTimePass(Duration.ofSeconds(121));
    platform.reaper().tick();
    platform.planning.tick();
    var points = platform.count("metric");

    assertThat(lost.metric(7, 0.1).outcome()).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(lost.heartbeat().outcome()).isEqualTo(Outcome.STALE_EPOCH);
    var last = new TrainerEvent.Failed(Instant.now(), FailureReason.USER_ERROR, anyProblem());
    assertThat(lost.say(last).outcome()).isEqualTo(Outcome.STALE_EPOCH);
    assertThatThrownBy(() -> lost.upload("late", "late"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("no such live lease");

    assertThat(platform.count("metric")).isEqualTo(points);
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
  }

  @Test
  void aRepeatedBatchChangesNothing() {
    var job = training();
    var trainer = agent.startOnlyLease();
    trainer.say(
        new TrainerEvent.Log(Instant.now(), "INFO", "once"),
        new TrainerEvent.Metrics(
            Instant.now(), 1, List.of(new TrainerEvent.Point("train/loss", 1))));
    long lines = platform.count("log_line");

    var answer = trainer.repeat();

    assertThat(answer.outcome()).isEqualTo(Outcome.ACCEPTED);
    assertThat(answer.nextSequence()).isEqualTo(2);
    assertThat(platform.count("log_line")).isEqualTo(lines);

    trainer.trained();
    long entries = platform.count("budget_entry");
    var afterwards = trainer.repeat();
    assertThat(afterwards.outcome()).isEqualTo(Outcome.ENDED);
    assertThat(afterwards.nextSequence()).isEqualTo(3);
    assertThat(platform.count("budget_entry")).isEqualTo(entries);
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.EVALUATING);
  }

  @Test
  void aBatchThatOverlapsIsStoredFromTheFirstUnknownEventOn() {
    training();
    var trainer = agent.startOnlyLease();
    var events =
        List.<TrainerEvent>of(
            new TrainerEvent.Log(Instant.now(), "INFO", "zero"),
            new TrainerEvent.Log(Instant.now(), "INFO", "one"),
            new TrainerEvent.Log(Instant.now(), "INFO", "two"));
    long lines = platform.count("log_line");

    agent.send(batch(trainer, 0, events.subList(0, 2)));
    assertThat(agent.send(batch(trainer, 0, events)).nextSequence()).isEqualTo(3);
    assertThat(agent.send(batch(trainer, 9, events)).nextSequence())
        .as("a gap is not stored; the answer says from where to send")
        .isEqualTo(3);

    assertThat(platform.count("log_line")).isEqualTo(lines + 3);
  }

  @Test
  void nothingExpiresBeforeThePlatformHasBeenUpForTheFence() {
    training();
    platform.letTimePass(Duration.ofMinutes(30));

    assertThat(platform.reaper(Instant.now().minusSeconds(119)).tick()).isZero();
    assertThat(platform.reaper(Instant.now().minusSeconds(121)).tick()).isEqualTo(1);
  }

  /** As when its database was away, or the whole machine slept. */
  @Test
  void nothingExpiresWhenThePlatformItselfDidNotLookForAWhile() throws Exception {
    training();
    var reaper = platform.reaper(Instant.EPOCH, Duration.ofMillis(300));
    assertThat(reaper.tick()).isZero();
    platform.letTimePass(Duration.ofMinutes(30));

    Thread.sleep(400); // longer than the longest gap
    assertThat(reaper.tick()).isZero();
    assertThat(platform.reaper().tick()).as("one that looked all the time").isEqualTo(1);
  }

  @Test
  void aSilenceLongerThanTheTrainerCouldRunIsNotCharged() {
    var job = training();
    var trainer = agent.startOnlyLease();
    var before = spent(job);
    platform.letTimePass(Duration.ofMinutes(30));

    assertThat(trainer.heartbeat().outcome()).isEqualTo(Outcome.ACCEPTED);
    trainer.yielded(3);

    platform.assertCharged(spent(job).minus(before), 90);
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
  }

  @Test
  void anAgentThatStartsAgainKeepsTheTrainersThatItFinds() {
    var job = training();
    var trainer = agent.startOnlyLease();
    platform.letTimePass(Duration.ofSeconds(100));

    agent.hello(trainer);

    assertThat(agent.desired())
        .extracting(Desired.Lease::leaseId)
        .containsExactly(trainer.lease.leaseId());
    assertThat(agent.desired().getFirst().validMillis()).isGreaterThan(80_000);
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
  }

  @Test
  void anAgentThatStartsAgainWithoutItsTrainerGivesTheTaskBackAtOnce() {
    var job = training();
    var trainer = agent.startOnlyLease();

    agent.hello();

    assertThat(trainer.heartbeat().outcome()).isEqualTo(Outcome.STALE_EPOCH);
    var running = platform.jobs.get(team.member, job).running();
    assertThat(running).isNotNull();
    assertThat(running.leased()).isFalse();
    assertThat(running.losses()).isEqualTo(1);
  }

  @Test
  void aTaskThatIsLostAgainAndAgainWithoutACheckpointFails() {
    var job = training();
    for (int loss = 1; loss < AfterRun.MOST_LOSSES; loss++) {
      agent.startOnlyLease().failed(FailureReason.LOST);
      assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
      platform.planning.tick();
    }

    agent.startOnlyLease().failed(FailureReason.LOST);

    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.FAILED);
    assertThat(view.failureReason()).isEqualTo(FailureReason.LOST);
  }

  @Test
  void aNewCheckpointForgivesEarlierLosses() {
    var job = training();
    for (int loss = 1; loss <= 2 * AfterRun.MOST_LOSSES; loss++) {
      var trainer = agent.startOnlyLease();
      trainer.checkpoint(10 * loss);
      trainer.failed(FailureReason.LOST);
      platform.planning.tick();
    }

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    assertThat(platform.count("checkpoint")).as("two are kept").isEqualTo(2);
  }

  @Test
  void aTaskThatStopsItselfAgainAndAgainFailsInsteadOfTurningInCircles() {
    var job = training();
    for (int yield = 1; yield <= AfterRun.MOST_LOSSES; yield++) {
      assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
      agent.startOnlyLease().yielded(0);
      platform.planning.tick();
    }

    assertThat(platform.jobs.get(team.member, job).failureReason()).isEqualTo(FailureReason.LOST);
  }

  @Test
  void contentsAreReadOnlyThroughALiveLeaseThatNamesThem() {
    training();
    var trainer = agent.startOnlyLease();
    var named = trainer.lease.task().inputs().getFirst().blob().sha256();
    var other = platform.content("somebody else's").sha256();
    var stranger = platform.agent("elm", 1);

    assertThat(platform.agents.blob(agent.id, trainer.lease.leaseId(), named)).isRegularFile();
    assertThatThrownBy(() -> platform.agents.blob(agent.id, trainer.lease.leaseId(), other))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.agents.blob(stranger.id, trainer.lease.leaseId(), named))
        .isInstanceOf(Refused.class);
    assertThat(stranger.send(batch(trainer, 0, List.of())).outcome())
        .isEqualTo(Outcome.STALE_EPOCH);

    trainer.trained();
    assertThatThrownBy(() -> platform.agents.blob(agent.id, trainer.lease.leaseId(), named))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aContentWithAnotherHashIsRefusedAndAnEventThatNamesAnUnknownOneToo() {
    training();
    var trainer = agent.startOnlyLease();
    var sha256 = "0".repeat(64);

    assertThatThrownBy(() ->
            platform.agents.storeBlob(
                agent.id,
                trainer.lease.leaseId(),
                sha256,
                new ByteArrayInputStream(new byte[] {1})))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("another SHA-256");
    assertThatThrownBy(() ->
            trainer.say(
                new TrainerEvent.Checkpoint(
                    Instant.now(), 1, List.of(new NamedBlob("a", new Blob(sha256, 1))))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("has not been sent");
    assertThat(platform.count("checkpoint")).isZero();
  }

  @Test
  void aJoinTokenWorksOnceAndACredentialIsChecked() {
    var token = platform.agents.joinToken(platform.admin);
    var answer = platform.agents.enrol(new Enrolment.Request(token, "elm"));

    assertThat(platform.agents.authenticate(answer.credential())).isEqualTo(answer.agentId());
    assertThatThrownBy(() -> platform.agents.authenticate(answer.credential() + "x"))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.agents.authenticate("nonsense")).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.agents.enrol(new Enrolment.Request(token, "ash")))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.agents.joinToken(team.owner)).isInstanceOf(Refused.class);
  }

  @Test
  void aLongPollIsAnsweredAsSoonAsThereIsALease() throws Exception {
    var version = platform.agents.desired(agent.id, -1, Duration.ZERO).version();
    var poll =
        CompletableFuture.supplyAsync(
            () -> platform.agents.desired(agent.id, version, Duration.ofSeconds(30)));
    team.submit();
    platform.planning.tick();

    var desired = poll.get(10, TimeUnit.SECONDS);

    assertThat(desired.version()).isGreaterThan(version);
    assertThat(desired.leases()).hasSize(1);
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

  private GpuTime spent(UUID job) {
    return platform.jobs.get(team.member, job).spent();
  }

  private static Events.OfLease batch(
      SimulatedAgent.Trainer trainer, long first, List<TrainerEvent> events) {
    return new Events.OfLease(trainer.lease.leaseId(), trainer.lease.epoch(), first, events);
  }

  private static Problem anyProblem() {
    return Problem.of("test", Category.INTERNAL, "trainer", "It went wrong.", "No.");
  }
}
