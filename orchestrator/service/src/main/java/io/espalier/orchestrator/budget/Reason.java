package io.espalier.orchestrator.budget;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import org.jspecify.annotations.Nullable;

/** Why somebody changed a budget: it stays in the ledger and in the audit. */
final class Reason {

  private static final int LONGEST = 200;

  static String checked(@Nullable String reason) {
    var given = reason == null ? "" : reason.strip();
    if (!given.isEmpty() && given.length() <= LONGEST) return given;
    throw new Refused(
        Problem.of(
                "credit-reason",
                Category.INVALID,
                "reason",
                "The ledger keeps why a budget was changed.",
                "Give a reason in a few words.")
            .found(given.length() + " characters")
            .allowed("1 to " + LONGEST + " characters"));
  }

  private Reason() {}
}
