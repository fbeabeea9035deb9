package io.espalier.simulation.policy;

import io.espalier.simulation.policy.Replay.Task;
import java.util.ArrayList;
import java.util.Comparator;

/**
 * First come, first served over all teams; with backfill, what is behind a blocked head may start
 * if, by its owner's estimate, it does not delay the head (EASY: Lifka, 1995).
 */
record Fifo(boolean backfill) implements Policy {

  static final Comparator<Task> ORDER =
      Comparator.comparingDouble((Task task) -> task.job.submittedAt())
          .thenComparingInt(task -> task.job.number());

  @Override
  public String name() {
    return backfill ? "FIFO + backfill on users' estimates" : "FIFO";
  }

  @Override
  public void decide(Replay replay) {
    replay.waiting.sort(ORDER);
    while (!replay.waiting.isEmpty()) {
      var head = replay.waiting.getFirst();
      int host = replay.bestHost(head.job.slots());
      if (host < 0) break;
      replay.start(head, host);
    }
    if (!backfill || replay.waiting.isEmpty()) return;
    var head = replay.waiting.getFirst();
    int promised = -1;
    double from = Double.POSITIVE_INFINITY;
    for (int host = 0; host < replay.hosts; host++) {
      double ready = ready(replay, host, head.job.slots());
      if (ready < from) {
        from = ready;
        promised = host;
      }
    }
    for (var task : new ArrayList<>(replay.waiting.subList(1, replay.waiting.size()))) {
      int host = place(replay, task, promised, from);
      if (host >= 0) replay.start(task, host);
    }
  }

  /** When, by the estimates, a host has so many slots free. */
  private static double ready(Replay replay, int host, int slots) {
    var ends = new ArrayList<Task>();
    for (var task : replay.running) {
      if (task.host == host) ends.add(task);
    }
    ends.sort(Comparator.comparingDouble(Fifo::estimatedEnd));
    int free = replay.free[host];
    for (var task : ends) {
      free += task.job.slots();
      if (free >= slots) return Math.max(replay.now, estimatedEnd(task));
    }
    return Double.POSITIVE_INFINITY;
  }

  private static double estimatedEnd(Task task) {
    return task.grantedAt + Replay.START_UP + task.job.userEstimate();
  }

  private static int place(Replay replay, Task task, int promised, double from) {
    int best = -1;
    boolean leavesInTime = replay.now + Replay.START_UP + task.job.userEstimate() <= from;
    for (int host = 0; host < replay.hosts; host++) {
      if (replay.free[host] < task.job.slots() || (host == promised && !leavesInTime)) continue;
      if (best < 0 || replay.free[host] < replay.free[best]) best = host;
    }
    return best;
  }
}
