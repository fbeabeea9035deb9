package io.espalier.web.problem;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.web.database.Trouble;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is said of a failure that nobody foresaw. */
final class Surprise {

  private static final Logger log = LoggerFactory.getLogger(Surprise.class);

  /** Says nothing of the inside to the caller, but enough for an operator to find it in the log. */
  static Problem problem(Exception failure) {
    if (failure instanceof Refused refused) return refused.problem();
    var trouble = Trouble.of(failure);
    if (trouble.isPresent()) {
      log.warn("{}: {}", trouble.get().code(), String.valueOf(failure.getMessage()));
      return trouble.get();
    }
    var incident = UUID.randomUUID();
    log.error("Incident {}", incident, failure);
    return Problem.of(
        "internal",
        Category.INTERNAL,
        "incident " + incident,
        "The platform has made a mistake.",
        "Try again; tell an operator the number of the incident if it stays.");
  }

  private Surprise() {}
}
