package io.espalier.simulation.store;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.simulation.store.Rows.Agent;
import io.espalier.simulation.store.Rows.Job;
import io.espalier.simulation.store.Rows.Team;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a plan depends on, as the service's own reads it. */
final class Snapshots {

  static Snapshot read(
      Terms terms, Duration silence, Instant now, List<Team> teams, List<Agent> agents) {
    var queues = new ArrayList<Snapshot.Team>(teams.size());
    var waiting = new ArrayList<Snapshot.Waiting>();
    for (var team : teams) {
      if (!hasWaitingTask(team)) continue;
      queues.add(new Snapshot.Team(team.id, 1, liveSlots(team), team.account.free()));
      for (var job : team.open) {
        if (Store.isQueued(job)) waiting.add(waiting(job));
      }
    }
    var hosts = new ArrayList<Snapshot.Host>(agents.size());
    for (var agent : agents) hosts.add(host(agent, silence, now));
    return new Snapshot(terms, queues, waiting, hosts);
  }

  private static boolean hasWaitingTask(Team team) {
    for (var job : team.open) {
      if (job.tasks.getLast().state == TaskState.WAITING) return true;
    }
    return false;
  }

  private static int liveSlots(Team team) {
    int slots = 0;
    for (var job : team.open) {
      if (job.tasks.getLast().live != null) slots++;
    }
    return slots;
  }

  private static Snapshot.Waiting waiting(Job job) {
    var task = job.tasks.getLast();
    return new Snapshot.Waiting(
        task.id,
        task.version,
        job.id,
        job.version,
        job.team.id,
        task.kind,
        job.pause == PauseReason.BUDGET,
        task.pool,
        task.need,
        job.cap.free(),
        job.submittedAt);
  }

  private static Snapshot.Host host(Agent agent, Duration silence, Instant now) {
    var slots = new ArrayList<Snapshot.Slot>(agent.slots.size());
    for (var slot : agent.slots) {
      slots.add(
          new Snapshot.Slot(slot.id, slot.index, slot.pool, slot.present, slot.lease != null));
    }
    boolean live = agent.lastSeenAt != null && agent.lastSeenAt.isAfter(now.minus(silence));
    return new Snapshot.Host(agent.id, agent.name, live, agent.draining, slots);
  }

  private Snapshots() {}
}
