package io.espalier.web.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.invariant.Invariants;
import io.espalier.orchestrator.invariant.Invariants.Contents;
import io.espalier.orchestrator.invariant.Invariants.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * {@code ops/check-invariants}: whether the stored state is sound. It only reads, and the platform
 * may run meanwhile; an embedded database whose platform does not run is started for the check.
 */
public final class CheckInvariants {

  private static final int VIOLATED = 1;
  private static final int NOT_CHECKED = 2;

  private static final String USAGE =
      """
      usage: ops/check-invariants [--quick] [--stuck SECONDS] [--acknowledged FILE]

        The database is the operator's of ESPALIER_DB_URL and ESPALIER_DB_PLANNER_*, or else the
        embedded one of the data folder ESPALIER_HOME (default: ~/.espalier). Contents are looked
        for in ESPALIER_BLOBS, or else in that folder.
        --quick              looks at the length of stored contents only, and does not read them
        --stuck SECONDS      also what nobody has looked after for so long: of a platform that runs
        --acknowledged FILE  also whether these jobs are there, by their ids, one a line
        Exit code: 0 all hold, 1 some are violated (they are named), 2 they could not be checked.
      """;

  public static void main(String[] words) {
    // No Spring here, so nobody else would keep the drivers' own words off the report.
    LoggingSystem.get(CheckInvariants.class.getClassLoader()).beforeInitialize();
    System.exit(run(List.of(words), System.getenv()));
  }

  /** What to check besides what always holds. */
  private record Wishes(
      Contents contents, @Nullable Duration stuck, @Nullable Collection<UUID> acknowledged) {

    static Wishes of(List<String> words) throws IOException {
      var contents = Contents.READ;
      Duration stuck = null;
      Collection<UUID> acknowledged = null;
      for (var word = words.iterator(); word.hasNext(); ) {
        switch (word.next()) {
          case "--quick" -> contents = Contents.MEASURED;
          case "--stuck" -> stuck = Duration.ofSeconds(Long.parseLong(value(word)));
          case "--acknowledged" ->
              acknowledged =
                  Files.readAllLines(Path.of(value(word))).stream()
                      .filter(line -> !line.isBlank())
                      .map(line -> UUID.fromString(line.strip()))
                      .toList();
          default -> throw new IllegalArgumentException();
        }
      }
      return new Wishes(contents, stuck, acknowledged);
    }

    private static String value(Iterator<String> words) {
      if (!words.hasNext()) throw new IllegalArgumentException();
      return words.next();
    }
  }

  private static int run(List<String> words, Map<String, String> environment) {
    if (words.contains("--help") || words.contains("-h")) {
      System.out.print(USAGE);
      return 0;
    }
    try {
      return report(check(environment, Wishes.of(words)));
    } catch (IllegalArgumentException unknown) {
      System.err.print(USAGE);
      return NOT_CHECKED;
    } catch (Refused refused) {
      System.err.println("ops/check-invariants: " + refused.problem().sentence());
      return NOT_CHECKED;
    } catch (IOException | DataAccessException | TransactionException broken) {
      System.err.println("ops/check-invariants: " + broken.getMessage());
      return NOT_CHECKED;
    }
  }

  private static List<Finding> check(Map<String, String> environment, Wishes wishes)
      throws IOException {
    var home = home(environment);
    var blobs = blobs(environment, home);
    var url = environment.getOrDefault("ESPALIER_DB_URL", "");
    if (!url.isBlank()) {
      return check(url, new Login(user(environment), password(environment)), blobs, wishes);
    }
    var folder = home.resolve("database");
    if (!Files.isDirectory(folder.resolve("data"))) throw new Refused(noDatabase(home));
    try (var server = EmbeddedServer.start(home)) {
      return check(server.address().url(), server.address().planner(), blobs, wishes);
    } catch (Refused refused) {
      if (!refused.problem().code().equals(FolderLock.IN_USE)) throw refused;
      var running = EmbeddedServer.running(home);
      return check(running.url(), running.planner(), blobs, wishes);
    }
  }

  private static List<Finding> check(String url, Login planner, Path blobs, Wishes wishes) {
    System.out.println("Checking " + url);
    var source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setUser(planner.user());
    source.setPassword(planner.password());
    source.setCurrentSchema(Database.SCHEMA);
    var transactions = new Transactions(new Credentials(source, source));
    var invariants = new Invariants(transactions, new BlobStore(blobs));
    var found = new ArrayList<>(invariants.check(wishes.contents()));
    if (wishes.stuck() != null) found.addAll(invariants.stuck(wishes.stuck()));
    if (wishes.acknowledged() != null) found.add(invariants.acknowledged(wishes.acknowledged()));
    return found;
  }

  private static int report(List<Finding> findings) {
    int violated = 0;
    for (var finding : findings) {
      System.out.printf("%6d  %s%n", finding.things().size(), finding.sentence());
      finding.things().forEach(thing -> System.out.println("          " + thing));
      if (!finding.things().isEmpty()) violated++;
    }
    System.out.println(
        violated == 0
            ? "All " + findings.size() + " invariants hold."
            : violated + " of " + findings.size() + " invariants are violated.");
    return violated == 0 ? 0 : VIOLATED;
  }

  static Path home(Map<String, String> environment) {
    var named = environment.getOrDefault("ESPALIER_HOME", "");
    return named.isBlank()
        ? Path.of(System.getProperty("user.home"), ".espalier")
        : Path.of(named).toAbsolutePath();
  }

  private static Path blobs(Map<String, String> environment, Path home) {
    var named = environment.getOrDefault("ESPALIER_BLOBS", "");
    return named.isBlank() ? home.resolve("blobs") : Path.of(named).toAbsolutePath();
  }

  private static String user(Map<String, String> environment) {
    return given(environment, "ESPALIER_DB_PLANNER_USER");
  }

  private static String password(Map<String, String> environment) {
    return given(environment, "ESPALIER_DB_PLANNER_PASSWORD");
  }

  private static String given(Map<String, String> environment, String variable) {
    var value = environment.getOrDefault(variable, "");
    if (!value.isBlank()) return value;
    throw new Refused(
        Problem.of(
            "database-role-missing",
            Category.INVALID,
            variable,
            "ESPALIER_DB_URL is set, so this must be set too.",
            "Set it as the platform has it."));
  }

  private static Problem noDatabase(Path home) {
    return Problem.of(
            "no-database",
            Category.NOT_FOUND,
            "data folder " + home,
            "There is no database of a platform in it.",
            "Name the platform's data folder in ESPALIER_HOME, or its PostgreSQL in"
                + " ESPALIER_DB_URL and ESPALIER_DB_PLANNER_*.")
        .found(home);
  }

  private CheckInvariants() {}
}
