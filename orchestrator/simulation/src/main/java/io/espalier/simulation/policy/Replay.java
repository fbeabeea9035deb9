package io.espalier.simulation.policy;

import io.espalier.simulation.policy.Workload.Job;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One trace on one cluster under one policy, in seconds. */
final class Replay {

  /** From a grant until the first step, and again after each interruption. */
  static final double START_UP = 30;

  /** From being asked to leave until the slots are free. */
  static final double SAVE = 20;

  /** A policy that asks nobody to save has periodic checkpoints to go back to. */
  static final double SAVE_EVERY = 1800;

  private static final double TICK = 60;

  enum State {
    TO_COME,
    WAITING,
    RUNNING,
    LEAVING,
    DONE
  }

  /** A job on its way. */
  static final class Task {
    final Job job;
    State state = State.TO_COME;
    double remaining;
    int host = -1;
    double grantedAt;
    double firstStart = -1;
    double doneAt;
    int preemptions;
    @Nullable Double yieldBy;

    Task(Job job) {
      this.job = job;
      this.remaining = job.runTime();
    }

    /** Seconds of its own work since it was granted its slots. */
    double worked(double now) {
      return Math.max(0, now - grantedAt - START_UP);
    }

    double endsAt() {
      return grantedAt + START_UP + remaining;
    }

    /** Left of the run time at this moment. */
    double left(double now) {
      return state == State.RUNNING || state == State.LEAVING
          ? Math.max(0, remaining - worked(now))
          : remaining;
    }
  }

  final int hosts;
  final List<Task> tasks = new ArrayList<>();
  final List<Task> waiting = new ArrayList<>();
  final List<Task> running = new ArrayList<>();
  final int[] free;
  double now;
  double lostSlotSeconds;
  double usedSlotSeconds;
  private int next;

  /** Called when a task has arrived, before the policy decides. */
  @FunctionalInterface
  interface Arrival {
    void arrived(Replay replay, Task task);
  }

  Replay(List<Job> jobs, int hosts) {
    this.hosts = hosts;
    free = new int[hosts];
    java.util.Arrays.fill(free, Workload.SLOTS_OF_HOST);
    for (var job : jobs) tasks.add(new Task(job));
  }

  Replay run(Policy policy) {
    return run(policy, (_, _) -> {});
  }

  Replay run(Policy policy, Arrival arrival) {
    int done = 0;
    double tick = TICK;
    while (done < tasks.size()) {
      double moment = Math.min(nextArrival(), Math.min(nextEnd(), tick));
      now = moment;
      if (moment >= tick) tick = moment + TICK;
      while (next < tasks.size() && tasks.get(next).job.submittedAt() <= now) {
        var task = tasks.get(next++);
        task.state = State.WAITING;
        waiting.add(task);
        arrival.arrived(this, task);
      }
      for (int i = running.size() - 1; i >= 0; i--) {
        var task = running.get(i);
        if (task.state == State.RUNNING && task.endsAt() <= now) {
          finish(task);
          done++;
        } else if (task.state == State.LEAVING && task.doneAt <= now) {
          vacate(task);
        }
      }
      if (!waiting.isEmpty()) policy.decide(this);
    }
    return this;
  }

  private double nextArrival() {
    return next < tasks.size() ? tasks.get(next).job.submittedAt() : Double.POSITIVE_INFINITY;
  }

  private double nextEnd() {
    double end = Double.POSITIVE_INFINITY;
    for (var task : running) {
      end = Math.min(end, task.state == State.LEAVING ? task.doneAt : task.endsAt());
    }
    return end;
  }

  private void finish(Task task) {
    usedSlotSeconds += (now - task.grantedAt) * task.job.slots();
    task.state = State.DONE;
    task.remaining = 0;
    task.doneAt = now;
    leaveHost(task);
  }

  private void leaveHost(Task task) {
    running.remove(task);
    free[task.host] += task.job.slots();
    task.host = -1;
  }

  private void vacate(Task task) {
    usedSlotSeconds += (now - task.grantedAt) * task.job.slots();
    leaveHost(task);
    task.state = State.WAITING;
    waiting.add(task);
  }

  void start(Task task, int host) {
    if (task.state != State.WAITING || free[host] < task.job.slots()) {
      throw new IllegalStateException("Job " + task.job.number() + " cannot start on " + host);
    }
    waiting.remove(task);
    running.add(task);
    free[host] -= task.job.slots();
    task.host = host;
    task.grantedAt = now;
    task.state = State.RUNNING;
    if (task.firstStart < 0) task.firstStart = now;
  }

  /** It saves, which takes a moment, and goes on later where it was. */
  void askToSave(Task task) {
    task.remaining = task.left(now);
    task.state = State.LEAVING;
    task.doneAt = now + SAVE;
    task.preemptions++;
    lostSlotSeconds += (SAVE + START_UP) * task.job.slots();
  }

  /** It is ended at once, and goes on later from its last periodic checkpoint. */
  void evict(Task task) {
    double worked = task.worked(now);
    double kept = Math.floor(worked / SAVE_EVERY) * SAVE_EVERY;
    lostSlotSeconds += (worked - kept + START_UP) * task.job.slots();
    task.remaining -= kept;
    task.preemptions++;
    vacate(task);
  }

  /** It is gone at once and nothing is lost: no real cluster can do that. */
  void leave(Task task) {
    task.remaining = task.left(now);
    vacate(task);
  }

  /** The fullest host that still has so many slots, so that whole hosts stay whole; or none. */
  int bestHost(int slots) {
    int best = -1;
    for (int host = 0; host < hosts; host++) {
      if (free[host] >= slots && (best < 0 || free[host] < free[best])) best = host;
    }
    return best;
  }
}
