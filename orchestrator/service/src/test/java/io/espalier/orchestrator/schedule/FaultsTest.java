package io.espalier.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Events.Outcome;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.SimulatedAgent.Trainer;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Random histories: agents die, freeze, come back and repeat themselves; money runs out. */
class FaultsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final List<TestPlatform.Team> teams =
      List.of(
          platform.team("red", GpuTime.ofSeconds(1500)),
          platform.team("blue", GpuTime.ofSeconds(3000)));

  /** An agent with the trainers that it runs and those whose lease it has lost. */
  private final class Host {
    final SimulatedAgent agent;
    final Map<UUID, Trainer> running = new LinkedHashMap<>();
    final List<Trainer> zombies = new ArrayList<>();

    Host(String name, int slots) {
      agent = platform.agent(name, slots);
    }

    void follow() {
      var desired = agent.desired();
      var ids = desired.stream().map(lease -> lease.leaseId()).toList();
      running
          .entrySet()
          .removeIf(entry -> {
            boolean gone = !ids.contains(entry.getKey());
            if (gone) zombies.add(entry.getValue());
            return gone;
          });
      for (var lease : desired) {
        running.computeIfAbsent(lease.leaseId(), _ -> agent.start(lease));
        if (lease.wish() != Wish.RUN) running.get(lease.leaseId()).yielded(1);
      }
    }

    /** The daemon dies and comes back; some of its trainers have died too. */
    void restart(Random random) {
      running
          .entrySet()
          .removeIf(entry -> {
            boolean dead = random.nextInt(3) == 0;
            if (dead) zombies.add(entry.getValue());
            return dead;
          });
      agent.hello(running.values().toArray(Trainer[]::new));
    }

    void act(Random random) {
      follow();
      if (running.isEmpty()) return;
      var trainers = List.copyOf(running.values());
      var trainer = trainers.get(random.nextInt(trainers.size()));
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> trainer.heartbeat();
        case 3, 4 -> trainer.metric(random.nextInt(50), random.nextDouble());
        case 5 -> trainer.failed(FailureReason.LOST);
        case 6 -> {
          if (random.nextInt(6) == 0) trainer.failed(FailureReason.USER_ERROR);
        }
        case 7, 8 -> checkpoint(trainer, random.nextInt(50));
        case 9 -> {
          finish(trainer);
          trainer.repeat();
        }
        default -> finish(trainer);
      }
    }

    void zombiesSpeak() {
      for (var zombie : zombies) {
        assertThat(zombie.metric(999, -1).outcome()).isNotEqualTo(Outcome.ACCEPTED);
        assertThat(zombie.heartbeat().outcome()).isNotEqualTo(Outcome.ACCEPTED);
      }
    }
  }

  private static void checkpoint(Trainer trainer, int step) {
    if (!(trainer.lease.task().work() instanceof TaskSpec.Train)) return;
    try {
      trainer.checkpoint(step);
    } catch (Refused noLongerLive) {
      assertThat(noLongerLive).hasMessageContaining("no such live lease");
    }
  }

  private static void finish(Trainer trainer) {
    try {
      Events.Verdict verdict =
          switch (trainer.lease.task().work()) {
            case TaskSpec.Profile _ -> trainer.profiled();
            case TaskSpec.Train _ -> trainer.trained();
            case TaskSpec.Evaluate _ -> trainer.evaluated();
          };
      assertThat(verdict.outcome()).isNotEqualTo(Outcome.ACCEPTED);
    } catch (Refused noLongerLive) {
      assertThat(noLongerLive).hasMessageContaining("no such live lease");
    }
  }

  @RepeatedTest(4)
  void whateverHappensEverythingHoldsAndEveryJobEnds(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var hosts = List.of(new Host("oak", 2), new Host("elm", 1), new Host("ash", 1));
    for (int step = 0; step < 150; step++) {
      var host = hosts.get(random.nextInt(hosts.size()));
      var team = teams.get(random.nextInt(teams.size()));
      switch (random.nextInt(16)) {
        case 0, 1 -> submit(team, random);
        case 2, 3, 4 -> platform.planning.tick();
        case 5 -> platform.reaper().tick();
        case 6 -> platform.letTimePass(Duration.ofSeconds(random.nextInt(90)));
        case 7 -> {
          if (random.nextInt(3) == 0) platform.letTimePass(Duration.ofSeconds(130));
        }
        case 8 -> cancelOne(team, random);
        case 9 -> host.restart(random);
        case 10 -> host.zombiesSpeak();
        default -> host.act(random);
      }
      if (step % 10 == 0) platform.assertInvariants();
    }
    platform.assertInvariants();
    assertThat(platform.count("lease where state = 'EXPIRED'")).as("leases lost").isPositive();
    assertThat(platform.count("metric where step = 999")).as("words of zombies").isZero();

    finishEverything(hosts);

    platform.assertInvariants();
    assertThat(unfinished()).isEmpty();
    assertThat(platform.count("lease where state = 'LIVE'")).isZero();
    for (var team : teams) {
      assertThat(platform.budgets.ofTeam(team.member, team.id).held()).isEqualTo(GpuTime.ZERO);
    }
    assertThat(platform.count("job where state = 'SUCCEEDED'")).isPositive();
  }

  @Test
  void manyHandsAtOnceNeitherBlockEachOtherForGoodNorBreakAnything() throws Exception {
    var hosts = new ArrayList<Host>();
    for (var name : List.of("oak", "elm", "ash")) hosts.add(new Host(name, 2));
    try (var threads = Executors.newFixedThreadPool(6)) {
      var hands = new ArrayList<Callable<Boolean>>();
      for (int i = 0; i < hosts.size(); i++) {
        var random = new Random(i);
        var host = hosts.get(i);
        hands.add(() -> repeat(60, () -> host.act(random)));
      }
      for (var team : teams) {
        var random = new Random(team.id.hashCode());
        hands.add(() ->
            repeat(
                25,
                () -> {
                  submit(team, random);
                  if (random.nextInt(4) == 0) cancelOne(team, random);
                }));
      }
      for (int node = 0; node < 2; node++) {
        hands.add(() ->
            repeat(
                60,
                () -> {
                  platform.planning.tick();
                  platform.reaper().tick();
                }));
      }
      for (var hand : threads.invokeAll(hands)) assertThat(hand.get()).isTrue();
    }
    platform.assertInvariants();

    finishEverything(hosts);

    platform.assertInvariants();
    assertThat(unfinished()).isEmpty();
  }

  private static boolean repeat(int times, Runnable work) {
    for (int i = 0; i < times; i++) work.run();
    return true;
  }

  private void submit(TestPlatform.Team team, Random random) {
    try {
      team.submit(GpuTime.ofSeconds(100 + random.nextInt(2000)));
    } catch (Refused poor) {
      assertThat(poor).hasMessageContaining("budget");
    }
  }

  private void cancelOne(TestPlatform.Team team, Random random) {
    var jobs = platform.jobs.list(team.member, JobFilter.ALL, PageRequest.first(100)).items();
    if (jobs.isEmpty()) return;
    try {
      platform.jobs.cancel(team.member, jobs.get(random.nextInt(jobs.size())).id());
    } catch (Refused ended) {
      assertThat(ended).hasMessageContaining("has ended");
    }
  }

  /** Faults stop, money comes: all that is left runs to its end. */
  private void finishEverything(List<Host> hosts) {
    for (var team : teams) team.fund(GpuTime.ofHours(100));
    for (int round = 0; round < 300 && !unfinished().isEmpty(); round++) {
      for (var job : unfinished()) {
        if (job.state() == JobState.PAUSED || lacksCap(job)) raiseCap(job);
      }
      platform.planning.tick();
      for (var host : hosts) {
        host.follow();
        for (var trainer : List.copyOf(host.running.values())) finish(trainer);
        host.follow();
      }
    }
    // A trainer of a cancelled job may not have been told yet.
    for (var host : hosts) host.follow();
  }

  /** Between two tasks: the last one has used so much that the next cannot start. */
  private static boolean lacksCap(JobView job) {
    var why = job.whyWaiting();
    return why != null && why.reason() == WaitingReason.CAP;
  }

  private void raiseCap(JobView job) {
    var team = teams.stream().filter(t -> t.id.equals(job.team())).findFirst().orElseThrow();
    platform.jobs.raiseCap(team.member, job.id(), GpuTime.ofHours(1));
  }

  private List<JobView> unfinished() {
    var unfinished = new ArrayList<JobView>();
    for (var team : teams) {
      platform.jobs.list(team.member, JobFilter.ALL, PageRequest.first(200)).items().stream()
          .filter(job -> !job.state().isTerminal())
          .forEach(unfinished::add);
    }
    return unfinished;
  }
}
