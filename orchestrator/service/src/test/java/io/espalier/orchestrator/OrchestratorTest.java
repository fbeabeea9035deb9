package io.espalier.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.JobState;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.wire.Desired;
import io.espalier.orchestrator.account.PasswordCost;
import io.espalier.orchestrator.agent.AgentTimes;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.job.Jobs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The orchestrator as it is wired for production: its threads, its metronome, its clock. */
class OrchestratorTest {

  @TempDir private Path folder;
  @AutoClose private final TestPlatform seeds = new TestPlatform();
  private final TestPlatform.Team team = seeds.team();

  @Test
  void plansASubmissionAtOnceAndTakesALostLeaseBackByItself() {
    try (var context = start(Duration.ofSeconds(1))) {
      var agent = seeds.agent("oak", 1);
      var job = context.getBean(Jobs.class).submit(team.member, team.submission(), null).id();

      var lease = nextLease(context, agent.id, -1).leases().getFirst();
      assertThat(state(context, job)).isEqualTo(JobState.PROFILING);

      var again = waitForEpoch(context, agent.id, lease.epoch() + 1);
      assertThat(again.task().taskId()).isEqualTo(lease.task().taskId());
      seeds.assertInvariants();
    }
  }

  @Test
  void theMetronomePlansWhatNobodyAnnounced() {
    try (var context = start(Duration.ofMillis(500))) {
      var agent = seeds.agent("oak", 1);
      // Another platform node stored this and died before it could tell anybody.
      var job = seeds.jobs.submit(team.member, team.submission(), null).id();

      assertThat(nextLease(context, agent.id, -1).leases()).hasSize(1);
      assertThat(state(context, job)).isEqualTo(JobState.PROFILING);
      assertThat(seeds.count("qrtz_triggers")).isEqualTo(7);
    }
  }

  private AnnotationConfigApplicationContext start(Duration planPeriod) {
    var settings =
        new OrchestratorSettings(
            folder,
            new Fence(Duration.ofMillis(1500), Duration.ofSeconds(2)),
            new Terms(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofSeconds(4)),
            new AgentTimes(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                Duration.ofHours(24)),
            planPeriod,
            Duration.ofDays(30),
            Duration.ofDays(3),
            1 << 20,
            PasswordCost.DEFAULT);
    var context = new AnnotationConfigApplicationContext();
    context.registerBean(Credentials.class, () -> seeds.credentials);
    context.registerBean(OrchestratorSettings.class, () -> settings);
    context.register(OrchestratorConfiguration.class);
    context.refresh();
    return context;
  }

  /** What the agent should hold as soon as there is something. */
  private static Desired nextLease(
      AnnotationConfigApplicationContext context, UUID agent, long version) {
    var agents = context.getBean(Agents.class);
    var deadline = Instant.now().plusSeconds(60);
    var desired = agents.desired(agent, version, Duration.ofSeconds(2));
    while (desired.leases().isEmpty()) {
      assertThat(Instant.now()).isBefore(deadline);
      desired = agents.desired(agent, desired.version(), Duration.ofSeconds(2));
    }
    return desired;
  }

  private static Desired.Lease waitForEpoch(
      AnnotationConfigApplicationContext context, UUID agent, long epoch) {
    var desired = nextLease(context, agent, -1);
    var deadline = Instant.now().plusSeconds(60);
    while (desired.leases().isEmpty() || desired.leases().getFirst().epoch() < epoch) {
      assertThat(Instant.now()).isBefore(deadline);
      desired = nextLease(context, agent, desired.version());
    }
    return desired.leases().getFirst();
  }

  private JobState state(AnnotationConfigApplicationContext context, UUID job) {
    return context.getBean(Jobs.class).get(team.member, job).state();
  }
}
