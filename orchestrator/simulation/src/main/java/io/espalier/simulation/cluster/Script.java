package io.espalier.simulation.cluster;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.simulation.event.Chance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the trainers of a job will do, drawn when it is submitted.
 *
 * @param saveEvery steps between two checkpoints of a training
 * @param failure how its training fails at {@code failsAt}; null if it does not
 */
record Script(
    int profileSteps,
    int trainSteps,
    int evaluateSteps,
    long stepMillis,
    int saveEvery,
    long saveMillis,
    @Nullable FailureReason failure,
    int failsAt) {

  private static final int FIT_INTO_MEMORY = 8;

  private static final List<FailureReason> FAILURES =
      List.of(
          FailureReason.USER_ERROR,
          FailureReason.OUT_OF_MEMORY,
          FailureReason.DIVERGED,
          FailureReason.HARDWARE,
          FailureReason.PLATFORM);

  static Script drawn(Chance chance) {
    int steps = Math.clamp(Math.round(chance.logNormal(30, 0.8)), 3, 300);
    boolean fails = chance.happens(0.1);
    return new Script(
        chance.below(4) + 1,
        steps,
        chance.below(3) + 1,
        chance.between(500, 15_000),
        (int) chance.between(2, 10),
        chance.between(200, 4_000),
        fails ? FAILURES.get(chance.below(FAILURES.size())) : null,
        chance.below(steps) + 1);
  }

  /**
   * Whether its training fails on this run: hardware fails once, and memory is enough for a few
   * samples at once.
   */
  boolean fails(int step, long epoch, int atOnce) {
    if (failure == null || step < failsAt) return false;
    return switch (failure) {
      case HARDWARE -> epoch == 1;
      case OUT_OF_MEMORY -> atOnce > FIT_INTO_MEMORY;
      case USER_ERROR, INPUT_UNREADABLE, DIVERGED, LOST, DEADLINE, PLATFORM -> true;
    };
  }

  int steps(TaskKind kind) {
    return switch (kind) {
      case PROFILE -> profileSteps;
      case TRAIN -> trainSteps;
      case EVALUATE -> evaluateSteps;
    };
  }
}
