package io.espalier.orchestrator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.JobState;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Events.Outcome;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.job.Curves;
import io.espalier.orchestrator.job.LogLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever the network does to the reports of a run, each of its words has its effect once. */
class ReportsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();
  private final SimulatedAgent agent = platform.agent("oak", 1);

  private record Told(List<Double> curve, List<String> lines, List<Integer> checkpoints) {}

  @RepeatedTest(12)
  void duplicatesLossesAndReorderingChangeNothing(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var job = team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    var told = new Told(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    var events = events(random, trainer, told);
    long before = platform.count("log_line");

    long stored = 0;
    var delayed = new ArrayList<Events.OfLease>();
    while (stored < events.size()) {
      // A daemon sends what it believes to be new; it may believe too little after a lost answer.
      int first = Math.toIntExact(Math.max(0, stored - random.nextInt(4)));
      int most = Math.min(events.size(), first + 1 + random.nextInt(9));
      var batch = batch(trainer, first, events.subList(first, most));
      switch (random.nextInt(6)) {
        case 0 -> {} // lost on its way there
        case 1 -> delayed.add(batch);
        case 2 -> agent.send(batch); // the answer is lost on its way back
        case 3 -> {
          agent.send(batch);
          stored = sent(batch, stored);
        }
        default -> stored = sent(batch, stored);
      }
      if (!delayed.isEmpty() && random.nextInt(3) == 0) {
        agent.send(delayed.remove(random.nextInt(delayed.size())));
      }
    }
    for (var late : delayed) assertThat(agent.send(late).outcome()).isEqualTo(Outcome.ENDED);

    assertThat(platform.count("log_line") - before).isEqualTo(told.lines().size());
    assertThat(lines(job)).containsExactlyElementsOf(told.lines());
    assertThat(curve(job)).containsExactlyElementsOf(told.curve());
    assertThat(checkpoints(job))
        .containsExactlyElementsOf(
            told.checkpoints()
                .subList(Math.max(0, told.checkpoints().size() - 2), told.checkpoints().size()));
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.EVALUATING);
    assertThat(platform.jobs.artifacts(team.member, job)).hasSize(1);
    platform.assertInvariants();
  }

  private long sent(Events.OfLease batch, long stored) {
    var verdict = agent.send(batch);
    assertThat(verdict.nextSequence()).as("it never forgets").isGreaterThanOrEqualTo(stored);
    return verdict.nextSequence();
  }

  private static List<TrainerEvent> events(
      Random random, SimulatedAgent.Trainer trainer, Told told) {
    var events = new ArrayList<TrainerEvent>();
    for (int step = 1; step <= 40 + random.nextInt(40); step++) {
      double loss = random.nextDouble();
      events.add(
          new TrainerEvent.Metrics(
              Instant.now(), step, List.of(new TrainerEvent.Point("train/loss", loss))));
      told.curve().add(loss);
      if (random.nextInt(3) == 0) {
        told.lines().add("line " + events.size());
        events.add(new TrainerEvent.Log(Instant.now(), "INFO", told.lines().getLast()));
      }
      if (random.nextInt(15) == 0) {
        told.checkpoints().add(step);
        events.add(
            new TrainerEvent.Checkpoint(
                Instant.now(), step, List.of(trainer.upload("step-" + step, "state " + step))));
      }
    }
    events.add(
        new TrainerEvent.Trained(
            Instant.now(), 80, 70, 0.9, List.of(trainer.upload("best", "best " + told.curve()))));
    return events;
  }

  private static Events.OfLease batch(
      SimulatedAgent.Trainer trainer, long first, List<TrainerEvent> events) {
    return new Events.OfLease(
        trainer.lease.leaseId(), trainer.lease.epoch(), first, List.copyOf(events));
  }

  private List<String> lines(UUID job) {
    return platform.jobs.log(team.member, job, 0, 1000).stream().map(LogLine::text).toList();
  }

  private List<Double> curve(UUID job) {
    return platform.jobs.curves(team.member, job).series().stream()
        .flatMap(series -> series.points().stream())
        .map(Curves.Point::value)
        .toList();
  }

  private List<Integer> checkpoints(UUID job) {
    return platform
        .database
        .superuser()
        .sql(
            """
            select c.step from checkpoint c join task t on t.id = c.task_id
            where t.job_id = ? order by c.step
            """)
        .param(job)
        .query(Integer.class)
        .list();
  }
}
