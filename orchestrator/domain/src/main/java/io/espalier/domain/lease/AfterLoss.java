package io.espalier.domain.lease;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;

/** What becomes of a task whose lease ended although neither the task nor anybody's wish did. */
public sealed interface AfterLoss {

  /** In a row, without a new checkpoint between them. */
  int MOST_LOSSES = 5;

  /** The task waits again at its old place and goes on from its last checkpoint. */
  record Requeue(int losses) implements AfterLoss {}

  record GiveUp(Problem problem) implements AfterLoss {}

  static AfterLoss decide(TaskKind kind, int lossesBefore, String how) {
    int losses = lossesBefore + 1;
    if (losses < MOST_LOSSES) return new Requeue(losses);
    return new GiveUp(
        Problem.of(
                "task-lost",
                Category.INTERNAL,
                "task " + kind,
                "The trainer was lost too often in a row without a new checkpoint; the last time: "
                    + how
                    + ".",
                "Look at the agents' logs, then submit the job again.")
            .found(losses)
            .allowed(MOST_LOSSES - 1));
  }
}
