package io.espalier.orchestrator.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RetentionTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();
  private final SimulatedAgent agent = platform.agent("oak", 1);
  private final UUID job = team.submit();
  private final Retention retention =
      new Retention(platform.transactions, platform.blobs, Duration.ofDays(30), Duration.ofDays(3));

  @AfterEach
  void everythingHoldsWhateverWent() {
    platform.assertInvariants();
  }

  @Test
  void whatEndedLongAgoIsThinnedOnceAndKeepsItsResultAndItsLastPoints() {
    var trainer = training();
    trainer.say(SimulatedAgent.curve(3000, step -> step == 1717 ? 99 : 1.0 / step));
    for (int i = 0; i < 3; i++) {
      trainer.say(lines(400, i == 1 ? "ERROR" : "INFO"));
    }
    trainer.trained();
    evaluate();
    assertThat(retention.tick()).as("it has just ended").isZero();
    platform.sql("update job set finished_at = finished_at - interval '31 days'");

    assertThat(retention.tick()).isEqualTo(1);
    assertThat(retention.tick()).isZero();

    var points = platform.jobs.curves(team.member, job).series().getFirst().points();
    assertThat(points).hasSizeLessThanOrEqualTo(Retention.KEPT_POINTS);
    assertThat(points).extracting(Curves.Point::step).contains(1, 1717, 3000);
    var log = platform.jobs.log(team.member, job, 0, 10_000);
    assertThat(log).filteredOn(line -> line.level().equals("ERROR")).hasSize(400);
    assertThat(log).hasSize(Retention.KEPT_LINES + 300); // of the last 500, 100 are errors
    assertThat(platform.jobs.get(team.member, job).result()).isNotNull();
  }

  @Test
  void checkpointsOfAnEndedJobGoAndItsResultStays() {
    var trainer = training();
    trainer.checkpoint(10);
    var state = trainer.upload("checkpoints/10/state.safetensors", "state at 10");
    trainer.trained();
    evaluate();
    platform.sql("update job set finished_at = finished_at - interval '2 days'");
    forgotten();
    retention.tick();
    assertThat(platform.blobs.has(state.blob())).as("it might be looked at").isTrue();

    platform.sql("update job set finished_at = finished_at - interval '2 days'");
    retention.tick();

    assertThat(platform.blobs.has(state.blob())).isFalse();
    assertThat(platform.count("checkpoint")).isZero();
    var kept =
        platform.jobs.artifacts(team.member, job).stream()
            .flatMap(artifact -> artifact.files().stream())
            .toList();
    assertThat(kept).isNotEmpty().allMatch(file -> platform.blobs.has(file.blob()));
  }

  @Test
  void contentsThatAreInUseStayHoweverOldTheyAre() {
    var trainer = training();
    trainer.checkpoint(10);
    trainer.checkpoint(20);
    trainer.checkpoint(30);
    var inUse = trainer.upload("checkpoints/20/state.safetensors", "state at 20");
    var replaced = trainer.upload("checkpoints/10/state.safetensors", "state at 10");
    long before = platform.count("blob");
    forgotten();

    retention.tick();

    assertThat(platform.blobs.has(inUse.blob())).isTrue();
    assertThat(platform.blobs.has(replaced.blob())).isFalse();
    assertThat(platform.count("blob")).as("without the two files of step 10").isEqualTo(before - 2);
  }

  @Test
  void aContentThatSomebodyIsAboutToUseStays() {
    var trainer = training();
    var asked = trainer.upload("checkpoints/10/state.safetensors", "asked for");
    var sent = trainer.upload("checkpoints/10/other", "sent again");
    forgotten();
    assertThat(has(trainer, asked)).isTrue();
    trainer.upload("checkpoints/10/other", "sent again");

    retention.tick();

    assertThat(platform.blobs.has(asked.blob())).isTrue();
    assertThat(platform.blobs.has(sent.blob())).isTrue();
  }

  private boolean has(SimulatedAgent.Trainer trainer, NamedBlob file) {
    return platform.agents.hasBlob(agent.id, trainer.lease.leaseId(), file.blob().sha256());
  }

  /** Nobody has sent or asked for any content of late. */
  private void forgotten() {
    platform.sql("update blob set wanted_at = wanted_at - interval '2 days'");
  }

  private SimulatedAgent.Trainer training() {
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    return agent.startOnlyLease();
  }

  private void evaluate() {
    platform.planning.tick();
    agent.startOnlyLease().evaluated();
  }

  private static TrainerEvent[] lines(int count, String level) {
    return IntStream.range(0, count)
        .mapToObj(i -> new TrainerEvent.Log(Instant.now(), level, "line " + i))
        .toArray(TrainerEvent[]::new);
  }
}
