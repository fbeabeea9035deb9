package io.espalier.simulation.policy;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.Planner;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Remaining;
import io.espalier.domain.schedule.Rules;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.schedule.Spread;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import io.espalier.simulation.policy.Replay.State;
import io.espalier.simulation.policy.Replay.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** This platform's planner, fed as the platform feeds it. */
final class Planned implements Policy {

  static final String POOL = "H200";

  private static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofSeconds(4));
  private static final GpuTime ENOUGH = GpuTime.ofHours(1e6);
  private static final Bytes MEMORY = new Bytes(80L << 30);

  /** Of one team, as the platform reads them: more cannot start in one cycle. */
  private static final int HEADS = 200;

  private final Rules rules;
  private final List<Snapshot.Team> teams;
  private final List<Snapshot.Host> hosts = new ArrayList<>();

  Planned(Rules rules, int hostCount) {
    this.rules = rules;
    teams =
        Workload.TEAMS.stream()
            .map(team ->
                new Snapshot.Team(
                    id(1, team.number()),
                    ENOUGH,
                    team.weight(),
                    Map.of(
                        POOL,
                        new Snapshot.Quota(
                            team.weight(),
                            Math.min(team.guarantee(), hostCount * Workload.SLOTS_OF_HOST),
                            Snapshot.Quota.NO_CEILING))))
            .toList();
    for (int host = 0; host < hostCount; host++) {
      var slots = new ArrayList<Snapshot.Slot>();
      for (int i = 0; i < Workload.SLOTS_OF_HOST; i++) {
        slots.add(new Snapshot.Slot(slot(host, i), i, POOL, SlotKind.WHOLE, MEMORY, null));
      }
      hosts.add(new Snapshot.Host(id(2, host), "host-" + host, true, false, List.of(), slots));
    }
  }

  @Override
  public String name() {
    return "Espalier";
  }

  private final Map<Task, List<UUID>> taken = new HashMap<>();

  @Override
  public void decide(Replay replay) {
    replay.waiting.sort(Fifo.ORDER);
    var byTask = new HashMap<UUID, Task>();
    var waiting = new ArrayList<Snapshot.Waiting>();
    var heads = new int[Workload.TEAMS.size()];
    for (var task : replay.waiting) {
      if (heads[task.job.team()]++ >= HEADS) continue;
      byTask.put(id(3, task.job.number()), task);
      waiting.add(waiting(task));
    }
    var running = new ArrayList<Snapshot.Running>();
    taken.keySet().removeIf(task -> task.host < 0);
    for (var task : replay.running) {
      byTask.put(id(3, task.job.number()), task);
      running.add(running(task, replay.now));
    }
    var plan =
        Planner.plan(
            new Snapshot(
                instant(replay.now), TERMS, rules, teams, waiting, running, hosts, List.of()));
    for (var grant : plan.grants()) {
      var task = byTask.get(grant.waiting().task());
      if (task == null) throw new IllegalStateException("Nobody asked for " + grant);
      replay.start(task, (int) grant.host().agent().getLeastSignificantBits());
      taken.put(task, grant.slots().stream().map(Snapshot.Slot::id).toList());
      var by = grant.yieldBy();
      task.yieldBy = by == null ? null : by.toEpochMilli() / 1000.0;
    }
    for (var asked : plan.yields()) {
      var task = byTask.get(asked.running().task());
      if (task != null && task.state == State.RUNNING) replay.askToSave(task);
    }
  }

  private static Snapshot.Waiting waiting(Task task) {
    var job = task.job;
    var id = id(3, job.number());
    return new Snapshot.Waiting(
        id,
        0,
        id,
        0,
        id(1, job.team()),
        id(4, job.owner()),
        0,
        TaskKind.TRAIN,
        false,
        shape(job.slots()),
        PriorityClass.NORMAL,
        GpuTime.ofSeconds(job.slots() * 60.0),
        ENOUGH,
        instant(job.submittedAt()),
        null,
        null,
        predicted(task),
        List.of());
  }

  private Snapshot.Running running(Task task, double now) {
    var job = task.job;
    var id = id(3, job.number());
    var by = task.yieldBy;
    return new Snapshot.Running(
        id,
        id,
        id,
        id(1, job.team()),
        id(2, task.host),
        TaskKind.TRAIN,
        taken.getOrDefault(task, List.of()),
        POOL,
        PriorityClass.NORMAL,
        instant(task.grantedAt),
        task.state == State.LEAVING,
        expected(task, now),
        Duration.ZERO,
        by == null ? null : instant(by),
        task.preemptions);
  }

  /** What it needs besides what is saved, by the profile's timed steps. */
  static Remaining predicted(Task task) {
    double share = task.remaining / task.job.runTime();
    return Spread.PROFILED.around(seconds(task.job.prediction() * share + Replay.START_UP));
  }

  /** The error of a prediction shrinks with the share of the steps that were timed. */
  static Remaining expected(Task task, double now) {
    double done = 1 - task.left(now) / task.job.runTime();
    double ratio = task.job.prediction() / task.job.runTime();
    double believed = 1 + (ratio - 1) * Math.max(0, 1 - 4 * done);
    return Spread.TIMED.around(
        seconds(task.left(now) * believed + Math.max(0, task.grantedAt + Replay.START_UP - now)));
  }

  static Shape shape(int slots) {
    return new Shape(POOL, slots, List.of(), new Bytes(0));
  }

  private static UUID id(long kind, long number) {
    return new UUID(kind, number);
  }

  private static UUID slot(int host, int index) {
    return new UUID(5, (long) host * Workload.SLOTS_OF_HOST + index);
  }

  private static Instant instant(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
