package io.espalier.orchestrator.page;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;

/** Where a page of a list that is newest first ends: its last row's time and id. */
public record Position(Instant at, UUID id) {

  /** The inverse of {@link #toString}; refuses what is not from us. */
  public static Position parse(String text) {
    try {
      int gap = text.indexOf('_');
      return new Position(
          Instant.parse(text.substring(0, gap)), UUID.fromString(text.substring(gap + 1)));
    } catch (DateTimeException | IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw new Refused(
          Problem.of(
                  "not-a-page",
                  Category.INVALID,
                  "after",
                  "This does not name the end of a page.",
                  "Send the next of a page as it came.")
              .found(text),
          e);
    }
  }

  @Override
  public String toString() {
    return at + "_" + id;
  }
}
