package io.espalier.simulation.policy;

import io.espalier.simulation.policy.Replay.State;
import io.espalier.simulation.policy.Replay.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * As Kueue does it with fair sharing on: a queue of each team, whatever fits is admitted from the
 * team with the smallest weighted share of borrowed quota; a team within its nominal quota evicts
 * borrowers, those of the largest share first, the youngest of them first. No predictions, and who
 * is evicted goes back to its last periodic checkpoint.
 */
record FairSharing() implements Policy {

  @Override
  public String name() {
    return "fair sharing (Kueue-like)";
  }

  @Override
  public void decide(Replay replay) {
    replay.waiting.sort(Fifo.ORDER);
    int teams = Workload.TEAMS.size();
    var used = new int[teams];
    for (var task : replay.running) used[task.job.team()] += task.job.slots();
    var queues = new ArrayList<List<Task>>();
    for (int team = 0; team < teams; team++) queues.add(new ArrayList<>());
    for (var task : replay.waiting) queues.get(task.job.team()).add(task);
    while (true) {
      Task first = null;
      for (var queue : queues) {
        if (queue.isEmpty()) continue;
        var head = queue.getFirst();
        if (first == null || share(used, head) < share(used, first)) first = head;
      }
      if (first == null) return;
      queues.get(first.job.team()).removeFirst();
      int host = replay.bestHost(first.job.slots());
      if (host < 0 && isNominal(used, first)) host = reclaim(replay, used, first);
      if (host < 0) continue;
      replay.start(first, host);
      used[first.job.team()] += first.job.slots();
    }
  }

  /** Slots beyond the nominal quota, by weight, if the task had started. */
  private static double share(int[] used, Task task) {
    var team = Workload.TEAMS.get(task.job.team());
    return Math.max(0, used[team.number()] + task.job.slots() - team.guarantee())
        / (double) team.weight();
  }

  private static boolean isNominal(int[] used, Task task) {
    var team = Workload.TEAMS.get(task.job.team());
    return used[team.number()] + task.job.slots() <= team.guarantee();
  }

  private static int reclaim(Replay replay, int[] used, Task task) {
    for (int host = 0; host < replay.hosts; host++) {
      int free = replay.free[host];
      var victims = new ArrayList<Task>();
      var after = used.clone();
      for (var victim : candidates(replay, host, used)) {
        if (free >= task.job.slots()) break;
        var team = Workload.TEAMS.get(victim.job.team());
        if (victim.job.team() == task.job.team() || after[team.number()] <= team.guarantee())
          continue;
        victims.add(victim);
        after[team.number()] -= victim.job.slots();
        free += victim.job.slots();
      }
      if (free < task.job.slots()) continue;
      for (var victim : victims) {
        replay.evict(victim);
        used[victim.job.team()] -= victim.job.slots();
      }
      return host;
    }
    return -1;
  }

  private static List<Task> candidates(Replay replay, int host, int[] used) {
    return replay.running.stream()
        .filter(task -> task.host == host && task.state == State.RUNNING)
        .sorted(
            Comparator.comparingDouble((Task task) -> -over(used, task))
                .thenComparingDouble(task -> -task.grantedAt)
                .thenComparingInt(task -> task.job.number()))
        .toList();
  }

  private static double over(int[] used, Task task) {
    var team = Workload.TEAMS.get(task.job.team());
    return (used[team.number()] - team.guarantee()) / (double) team.weight();
  }
}
