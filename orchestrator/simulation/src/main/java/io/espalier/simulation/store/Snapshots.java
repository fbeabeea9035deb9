package io.espalier.simulation.store;

import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Rules;
import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.simulation.store.Rows.Agent;
import io.espalier.simulation.store.Rows.Job;
import io.espalier.simulation.store.Rows.Lease;
import io.espalier.simulation.store.Rows.Team;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a plan depends on, as the service's own reads it. */
final class Snapshots {

  private static final Rules RULES = Rules.standard();
  private static final Bytes MEMORY = new Bytes(80L << 30);

  static Snapshot read(
      Terms terms,
      Duration silence,
      Instant now,
      List<Team> teams,
      List<Agent> agents,
      List<Lease> live,
      Map<String, Rate> rates) {
    var queues = new ArrayList<Snapshot.Team>(teams.size());
    var waiting = new ArrayList<Snapshot.Waiting>();
    for (var team : teams) {
      queues.add(
          new Snapshot.Team(
              team.id, team.account.free().time(), team.account.free().money(), 1, team.quotas));
      for (var job : team.open) {
        if (Store.isQueued(job)) waiting.add(waiting(job));
      }
    }
    var running = new ArrayList<Snapshot.Running>(live.size());
    for (var lease : live) running.add(running(lease, now));
    var hosts = new ArrayList<Snapshot.Host>(agents.size());
    for (var agent : agents) hosts.add(host(agent, silence, now));
    return new Snapshot(now, terms, RULES, queues, waiting, running, hosts, List.of(), rates);
  }

  private static Snapshot.Waiting waiting(Job job) {
    var task = job.tasks.getLast();
    var submission = job.submission;
    return new Snapshot.Waiting(
        task.id,
        task.version,
        job.id,
        job.version,
        job.team.id,
        submission.owner(),
        0,
        task.kind,
        job.pause == PauseReason.BUDGET,
        submission.shape().in(task.pool),
        submission.priority(),
        task.need,
        job.cap.free().time(),
        job.cap.free().money(),
        job.submittedAt,
        null,
        null,
        null,
        task.avoid == null ? List.of() : List.of(task.avoid.id));
  }

  private static Snapshot.Running running(Lease lease, Instant now) {
    var task = lease.task;
    var slots = new ArrayList<UUID>(lease.slots.size());
    for (var slot : lease.slots) slots.add(slot.id);
    return new Snapshot.Running(
        lease.id,
        task.id,
        task.job.id,
        task.job.team.id,
        lease.agent.id,
        task.kind,
        slots,
        lease.slots.getFirst().pool,
        task.job.submission.priority(),
        lease.grantedAt,
        lease.live.wish() != Wish.RUN,
        null,
        Duration.between(lease.savedAt, now),
        lease.yieldBy,
        task.preemptions);
  }

  private static Snapshot.Host host(Agent agent, Duration silence, Instant now) {
    var slots = new ArrayList<Snapshot.Slot>(agent.slots.size());
    for (var slot : agent.slots) {
      slots.add(
          new Snapshot.Slot(
              slot.id,
              slot.index,
              slot.pool,
              SlotKind.WHOLE,
              MEMORY,
              slot.quarantined ? Snapshot.Closed.QUARANTINED : null));
    }
    boolean live = agent.lastSeenAt != null && agent.lastSeenAt.isAfter(now.minus(silence));
    return new Snapshot.Host(agent.id, agent.name, live, agent.draining, List.of(), slots);
  }

  private Snapshots() {}
}
