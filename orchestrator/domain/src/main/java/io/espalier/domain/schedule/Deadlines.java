package io.espalier.domain.schedule;

import io.espalier.domain.schedule.Snapshot.Waiting;
import java.time.Instant;

/** Which waiting tasks must start soon, or their result comes too late. */
final class Deadlines {

  /**
   * Whether a start much later would miss the deadline, and a start now probably would not. One
   * that is lost anyway takes nobody's turn.
   */
  static boolean isInDanger(Waiting task, Instant now, Rules rules) {
    var deadline = task.deadline();
    if (deadline == null) return false;
    return !latestStart(task, rules).minus(rules.minimumRun()).isAfter(now)
        && !now.plus(work(task, rules).median()).isAfter(deadline);
  }

  /** With the high end of its predicted work; for tasks with a deadline. */
  static Instant latestStart(Waiting task, Rules rules) {
    var deadline = task.deadline();
    return deadline == null ? Instant.MAX : deadline.minus(work(task, rules).high());
  }

  private static Remaining work(Waiting task, Rules rules) {
    var work = task.work();
    return work == null ? Remaining.exactly(rules.unknownRun()) : work;
  }

  private Deadlines() {}
}
