package io.espalier.web.database;

import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.logging.LoggingSystem;

/**
 * {@code ops/database}: the embedded PostgreSQL by itself, so that several platform nodes can share
 * one on this machine. It ends with this process, and is started again if it ends alone.
 */
public final class ServeDatabase {

  private static final int NOT_STARTED = 2;

  private static final String USAGE =
      """
      usage: ops/database

        Runs a PostgreSQL on the data folder ESPALIER_HOME (default: ~/.espalier) until it is told to
        end, and names the file of variables that platform nodes are started with:
          set -a; . FILE; ESPALIER_BLOBS=SHARED_FOLDER
      """;

  public static void main(String[] words) throws InterruptedException {
    if (words.length > 0) {
      boolean asked = List.of("--help", "-h").contains(words[0]);
      (asked ? System.out : System.err).print(USAGE);
      System.exit(asked ? 0 : NOT_STARTED);
    }
    LoggingSystem.get(ServeDatabase.class.getClassLoader()).beforeInitialize();
    var home = CheckInvariants.home(System.getenv());
    try {
      var server = EmbeddedServer.start(home);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "close"));
      System.out.println("The database is ready: " + writeVariables(home, server.address()));
    } catch (Refused refused) {
      System.err.println("ops/database: " + refused.problem().sentence());
      System.exit(NOT_STARTED);
    } catch (IOException broken) {
      System.err.println("ops/database: " + broken.getMessage());
      System.exit(NOT_STARTED);
    }
    new CountDownLatch(1).await();
  }

  /** Only its owner may read it: there are passwords in it. */
  private static Path writeVariables(Path home, Address address) throws IOException {
    var file = home.resolve("database").resolve("nodes.env");
    Files.deleteIfExists(file);
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    var text = new StringBuilder("ESPALIER_DB_URL=").append(address.url()).append('\n');
    var logins =
        Map.of(
            "OWNER", address.owner(), "APP", address.application(), "PLANNER", address.planner());
    logins.forEach((role, login) ->
        text.append("ESPALIER_DB_%s_USER=%s\n".formatted(role, login.user()))
            .append("ESPALIER_DB_%s_PASSWORD=%s\n".formatted(role, login.password())));
    return Files.writeString(file, text);
  }

  private ServeDatabase() {}
}
