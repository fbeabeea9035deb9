package io.espalier.simulation.policy;

import io.espalier.simulation.policy.Replay.State;
import io.espalier.simulation.policy.Replay.Task;
import java.util.ArrayList;
import java.util.Comparator;

/**
 * Knows every run time, and lets the shortest remaining one go first at every moment; to leave and
 * to come back costs it nothing. Teams and guarantees are nothing to it: no policy can promise
 * anything to anybody and be as fast.
 */
record Oracle() implements Policy {

  @Override
  public String name() {
    return "oracle (shortest remaining first)";
  }

  @Override
  public void decide(Replay replay) {
    var order = new ArrayList<>(replay.waiting);
    for (var task : replay.running) order.add(task);
    order.sort(
        Comparator.comparingDouble((Task task) -> task.left(replay.now))
            .thenComparingInt(task -> task.job.number()));
    var free = new int[replay.hosts];
    java.util.Arrays.fill(free, Workload.SLOTS_OF_HOST);
    var place = new int[replay.tasks.size()];
    java.util.Arrays.fill(place, -1);
    for (var task : order) {
      int host =
          task.host >= 0 && free[task.host] >= task.job.slots() ? task.host : best(free, task);
      if (host < 0) continue;
      free[host] -= task.job.slots();
      place[task.job.number()] = host;
    }
    for (var task : new ArrayList<>(replay.running)) {
      if (task.state == State.RUNNING && place[task.job.number()] != task.host) pause(replay, task);
    }
    for (var task : order) {
      int host = place[task.job.number()];
      if (host >= 0 && task.state == State.WAITING) resume(replay, task, host);
    }
  }

  private static int best(int[] free, Task task) {
    int best = -1;
    for (int host = 0; host < free.length; host++) {
      if (free[host] >= task.job.slots() && (best < 0 || free[host] < free[best])) best = host;
    }
    return best;
  }

  private static void pause(Replay replay, Task task) {
    replay.leave(task);
  }

  /** Only the first start takes its time. */
  private static void resume(Replay replay, Task task, int host) {
    boolean first = task.firstStart < 0;
    replay.start(task, host);
    if (!first) task.grantedAt -= Replay.START_UP;
  }
}
