package io.espalier.orchestrator.account;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import java.time.Duration;

final class TooMany {

  private TooMany() {}

  static Problem attempts(String thing, Duration delay) {
    long seconds = Math.max(1, delay.toSeconds() + (delay.toNanosPart() > 0 ? 1 : 0));
    return Problem.of(
            "too-many-attempts",
            Category.UNAUTHENTICATED,
            thing,
            "There were too many wrong attempts.",
            "Try again in " + seconds + " s.")
        .allowed("one attempt in " + seconds + " s");
  }
}
