package io.espalier.web.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionException;

/** Failures that say something of the moment and nothing of the request: it may be sent again. */
public final class Trouble {

  // See the appendix "PostgreSQL Error Codes".
  private static final String DISK_FULL = "53100";
  private static final String CONNECTION = "08";
  private static final String OPERATOR_INTERVENTION = "57P";

  /** What the platform suffers from, if {@code failure} comes of that. */
  public static Optional<Problem> of(Throwable failure) {
    if (causes(failure).anyMatch(Trouble::isNoSpace)) return Optional.of(storageFull());
    if (causes(failure).anyMatch(Trouble::isAway)) return Optional.of(databaseAway());
    return Optional.empty();
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  /** Java has no type for ENOSPC and EDQUOT, only the system's words. */
  private static boolean isNoSpace(Throwable cause) {
    return switch (cause) {
      case SQLException sql -> DISK_FULL.equals(sql.getSQLState());
      case IOException io -> {
        var said = String.valueOf(io.getMessage());
        yield said.contains("No space left on device") || said.contains("Disk quota exceeded");
      }
      default -> false;
    };
  }

  private static boolean isAway(Throwable cause) {
    return switch (cause) {
      case SQLException sql -> {
        var state = String.valueOf(sql.getSQLState());
        yield state.startsWith(CONNECTION) || state.startsWith(OPERATOR_INTERVENTION);
      }
      // Neither a beginning nor an end of a transaction fails for anything that a request says.
      case TransactionException _, DataAccessResourceFailureException _ -> true;
      default -> false;
    };
  }

  private static Problem storageFull() {
    return Problem.of(
        "storage-full",
        Category.NO_SPACE,
        "the platform's storage",
        "There is no room left for this.",
        "Nothing of the request was kept; send it again when an operator has made room.");
  }

  private static Problem databaseAway() {
    return Problem.of(
        "database-away",
        Category.UNAVAILABLE,
        "the platform's database",
        "It does not answer at the moment.",
        "Send the request again in a while; jobs that train go on meanwhile.");
  }

  private Trouble() {}
}
