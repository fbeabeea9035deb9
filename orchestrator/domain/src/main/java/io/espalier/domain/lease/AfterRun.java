package io.espalier.domain.lease;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.TrainerEvent;
import org.jspecify.annotations.Nullable;

/** What becomes of a task and its job when a run of it has ended. */
public sealed interface AfterRun {

  /** Runs lost in a row, without a new checkpoint between them, after which a task is given up. */
  int MOST_LOSSES = 5;

  /**
   * What is known of a run when it ends.
   *
   * @param losses runs lost in a row before this one
   * @param batch samples of an optimizer step; 0 for a task that takes none
   * @param microBatch of this run: samples that were computed at once; null for the whole batch
   * @param wish what the run was told last
   * @param pause how its job is to rest when it has left, if it was asked to leave for a pause
   */
  record Run(
      JobState job,
      TaskKind kind,
      int losses,
      int batch,
      @Nullable Integer microBatch,
      Wish wish,
      @Nullable PauseReason pause) {

    private int atOnce() {
      return microBatch == null ? batch : microBatch;
    }
  }

  /** The job has ended meanwhile: only the lease is released. */
  record Unwanted() implements AfterRun {}

  /** The task is done, and what comes next depends on its answer. */
  record Done(TrainerEvent answer) implements AfterRun {}

  /**
   * The task waits again at its old place, and goes on from its last checkpoint.
   *
   * @param billed all of the run; else until its last checkpoint
   * @param microBatch of the next run
   * @param elsewhere not on the same host, whose slot is put in quarantine
   * @param pause how its job rests meanwhile; null if it does not
   */
  record Requeue(
      String how,
      boolean billed,
      int losses,
      @Nullable Integer microBatch,
      boolean elsewhere,
      @Nullable PauseReason pause)
      implements AfterRun {}

  /** The job fails. */
  record GiveUp(FailureReason reason, Problem problem) implements AfterRun {}

  /**
   * Its trainer has said its last word.
   *
   * @param readable whether this platform can use the answer's contents
   */
  static AfterRun said(Run run, TrainerEvent last, boolean readable) {
    if (run.job().isTerminal()) return new Unwanted();
    var kind = run.kind();
    return switch (last) {
      case TrainerEvent.Profiled _ when kind == TaskKind.PROFILE -> new Done(last);
      case TrainerEvent.Trained _ when kind == TaskKind.TRAIN -> new Done(last);
      case TrainerEvent.Evaluated _ when kind == TaskKind.EVALUATE && readable -> new Done(last);
      case TrainerEvent.Profiled _, TrainerEvent.Trained _, TrainerEvent.Evaluated _ ->
          new GiveUp(FailureReason.PLATFORM, unexpected(kind, last));
      case TrainerEvent.Yielded(_, int step) -> yielded(run, "yielded at step " + step);
      case TrainerEvent.Failed(_, var reason, var problem) -> failed(run, reason, problem);
      case TrainerEvent.Started _,
          TrainerEvent.Log _,
          TrainerEvent.Metrics _,
          TrainerEvent.Progress _,
          TrainerEvent.Checkpoint _ ->
          throw new IllegalArgumentException("Not a last word: " + last);
    };
  }

  /** Nobody runs it any more, and it has not said why. */
  static AfterRun lost(Run run, String how) {
    if (run.job().isTerminal()) return new Unwanted();
    return run.pause() != null ? asWished(run, how, false) : again(run, how, false);
  }

  /** It made a checkpoint and left. One that nobody has asked to was unheard for too long. */
  private static AfterRun yielded(Run run, String how) {
    return run.wish() == Wish.RUN ? again(run, how, true) : asWished(run, how, true);
  }

  private static AfterRun asWished(Run run, String how, boolean billed) {
    return new Requeue(how, billed, run.losses(), run.microBatch(), false, run.pause());
  }

  private static AfterRun failed(Run run, FailureReason reason, Problem problem) {
    return switch (reason) {
      case OUT_OF_MEMORY -> smaller(run, problem);
      case HARDWARE -> elsewhere(run, problem);
      case LOST -> lost(run, problem.message());
      // The same run would come to the same end.
      case DIVERGED, INPUT_UNREADABLE, USER_ERROR, DEADLINE, PLATFORM ->
          new GiveUp(reason, problem);
    };
  }

  /** Fewer samples at once make the same step in less memory. */
  private static AfterRun smaller(Run run, Problem problem) {
    if (run.kind() != TaskKind.TRAIN || run.atOnce() < 2) {
      return new GiveUp(FailureReason.OUT_OF_MEMORY, problem);
    }
    int half = run.atOnce() / 2;
    var how = "out of memory: " + half + " samples at once instead of " + run.atOnce();
    return new Requeue(how, true, run.losses(), half, false, run.pause());
  }

  private static AfterRun elsewhere(Run run, Problem problem) {
    int losses = run.losses() + 1;
    if (losses >= MOST_LOSSES) return new GiveUp(FailureReason.HARDWARE, problem);
    var how = "hardware: " + problem.message();
    return new Requeue(how, false, losses, run.microBatch(), true, run.pause());
  }

  private static AfterRun again(Run run, String how, boolean billed) {
    int losses = run.losses() + 1;
    return losses < MOST_LOSSES
        ? new Requeue(how, billed, losses, run.microBatch(), false, run.pause())
        : new GiveUp(FailureReason.LOST, taskLost(run, how));
  }

  private static Problem taskLost(Run run, String how) {
    return Problem.of(
            "task-lost",
            Category.INTERNAL,
            "task " + run.kind(),
            "The trainer was lost too often in a row without a new checkpoint; the last time: "
                + how
                + ".",
            "Look at the agents' logs, then submit the job again.")
        .found(run.losses() + 1)
        .allowed(MOST_LOSSES - 1);
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
