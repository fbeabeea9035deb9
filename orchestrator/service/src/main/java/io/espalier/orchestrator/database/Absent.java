package io.espalier.orchestrator.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;

/** The answer to a name that the caller cannot see: the same for a foreign thing and for none. */
public final class Absent {

  public static Refused of(String kind, Object id) {
    return new Refused(
        Problem.of(
            "not-found",
            Category.NOT_FOUND,
            kind + " " + id,
            "There is no such " + kind + " among what you may see.",
            "Look for it in the list."));
  }

  private Absent() {}
}
