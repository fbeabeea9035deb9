package io.espalier.web.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to run a command that refuses to run as root. An ordinary user runs it directly. Root puts it
 * into a user namespace, where it is nobody while its files stay root's; where namespaces are
 * switched off, root runs it as an existing ordinary user, to whom the files must belong then.
 *
 * @param prefix goes before the command
 * @param owner of all files that the command reads and writes, or null if the caller's are fine
 */
record Unprivileged(List<String> prefix, @Nullable String owner) {

  private static final List<String> ORDINARY_USERS = List.of("postgres", "nobody");

  static Unprivileged here() {
    if (!isRoot()) return new Unprivileged(List.of(), null);
    if (succeeds(List.of("unshare", "-U", "true"))) {
      return new Unprivileged(List.of("unshare", "-U"), null);
    }
    for (var user : ORDINARY_USERS) {
      var prefix = List.of("runuser", "-u", user, "--");
      if (succeeds(command(prefix, List.of("true")))) return new Unprivileged(prefix, user);
    }
    throw new Refused(
        Problem.of(
            "database-as-root",
            Category.INVALID,
            "embedded database",
            "PostgreSQL refuses to run as root, and neither unshare -U nor runuser works here.",
            "Start the platform as an ordinary user, or name a PostgreSQL in ESPALIER_DB_URL."));
  }

  List<String> command(List<String> command) {
    return command(prefix, command);
  }

  /** Makes {@code folder} usable for the command. */
  void give(Path folder) {
    if (owner == null) return;
    if (!succeeds(List.of("chown", "-R", owner, folder.toString()))
        || !succeeds(command(List.of("test", "-x", folder.toString())))) {
      throw new Refused(
          Problem.of(
                  "database-folder",
                  Category.INVALID,
                  "data folder " + folder,
                  "User " + owner + ", who runs the embedded database for root, cannot reach it.",
                  "Set ESPALIER_HOME to a folder that others may enter, such as /var/lib/espalier.")
              .found(folder));
    }
  }

  private static List<String> command(List<String> prefix, List<String> command) {
    var whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }

  private static boolean isRoot() {
    try {
      var self = Path.of("/proc/self");
      return Files.getAttribute(self, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(0);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tell which user runs the platform", e);
    }
  }

  private static boolean succeeds(List<String> command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
