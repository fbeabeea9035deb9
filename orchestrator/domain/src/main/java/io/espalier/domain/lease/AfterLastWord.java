package io.espalier.domain.lease;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.TrainerEvent;
import org.jspecify.annotations.Nullable;

/** What follows when the trainer of a lease has said its last word. */
public sealed interface AfterLastWord {

  /** The job has ended meanwhile: only the lease is released. */
  record Unwanted() implements AfterLastWord {}

  /** The task is done, and what comes next depends on its answer. */
  record Done(TrainerEvent answer) implements AfterLastWord {}

  /** It was asked to leave: the task waits again, its job rests. */
  record Rest(PauseReason reason, String how) implements AfterLastWord {}

  /**
   * It left without being asked: unheard for too long, or without its inputs.
   *
   * @param expired whether the lease counts as lost, or ended in order
   */
  record TryAgain(String how, boolean expired) implements AfterLastWord {}

  record Fail(FailureReason reason, Problem problem) implements AfterLastWord {}

  /**
   * @param asked why it was told to yield, if it was
   * @param readable whether this platform can use the answer's contents
   */
  static AfterLastWord decide(
      JobState job,
      TaskKind kind,
      @Nullable PauseReason asked,
      TrainerEvent last,
      boolean readable) {
    if (job.isTerminal()) return new Unwanted();
    return switch (last) {
      case TrainerEvent.Profiled _ when kind == TaskKind.PROFILE -> new Done(last);
      case TrainerEvent.Trained _ when kind == TaskKind.TRAIN -> new Done(last);
      case TrainerEvent.Evaluated _ when kind == TaskKind.EVALUATE && readable -> new Done(last);
      case TrainerEvent.Yielded(_, int step) -> yielded(asked, "yielded at step " + step);
      case TrainerEvent.Failed(_, var reason, var problem) ->
          reason == FailureReason.LOST
              ? new TryAgain(problem.message(), true)
              : new Fail(reason, problem);
      case TrainerEvent.Profiled _, TrainerEvent.Trained _, TrainerEvent.Evaluated _ ->
          new Fail(FailureReason.PLATFORM, unexpected(kind, last));
      case TrainerEvent.Started _,
          TrainerEvent.Log _,
          TrainerEvent.Metrics _,
          TrainerEvent.Progress _,
          TrainerEvent.Checkpoint _ ->
          throw new IllegalArgumentException("Not a last word: " + last);
    };
  }

  private static AfterLastWord yielded(@Nullable PauseReason asked, String how) {
    return asked == null ? new TryAgain(how, false) : new Rest(asked, how);
  }

  private static Problem unexpected(TaskKind kind, TrainerEvent last) {
    return Problem.of(
            "unexpected-answer",
            Category.INTERNAL,
            "task " + kind,
            "The trainer answered another question than it was asked.",
            "Check that agent and platform have the same version.")
        .found(last.getClass().getSimpleName());
  }
}
