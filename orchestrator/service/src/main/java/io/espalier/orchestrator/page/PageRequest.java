package io.espalier.orchestrator.page;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import org.jspecify.annotations.Nullable;

/** {@code after} is the {@code next} of a page, or null for the first one. */
public record PageRequest(int size, @Nullable String after) {

  private static final int LARGEST = 200;

  public PageRequest {
    if (size < 1 || size > LARGEST) {
      throw new Refused(
          Problem.of(
                  "page-size",
                  Category.INVALID,
                  "size",
                  "A page has at least one row and not too many.",
                  "Ask for fewer rows and follow next.")
              .found(size)
              .allowed("1 to " + LARGEST));
    }
  }

  public static PageRequest first(int size) {
    return new PageRequest(size, null);
  }

  /** Where the page before ended in a list that is newest first by a serial number. */
  public @Nullable Long afterNumber() {
    if (after == null) return null;
    try {
      return Long.valueOf(after);
    } catch (NumberFormatException e) {
      throw new Refused(
          Problem.of(
                  "not-a-page",
                  Category.INVALID,
                  "after",
                  "This does not name the end of a page.",
                  "Send the next of a page as it came.")
              .found(after),
          e);
    }
  }
}
