package io.espalier.web.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the embedded server is started, for the first time and after it was lost.
 *
 * @param folder of the server: its programs, sockets, passwords and log
 * @param data what PostgreSQL itself writes
 */
record Launch(
    Path folder,
    Path data,
    int port,
    Binaries binaries,
    Unprivileged unprivileged,
    Login superuser) {

  private static final Logger log = LoggerFactory.getLogger(Launch.class);

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final long LARGEST_LOG = 10L << 20;
  // Of sun_path in sockaddr_un, which ends with a zero byte.
  private static final int LONGEST_SOCKET_PATH = 107;

  /**
   * Waits for the server, and meanwhile for the end of the pipe that the platform holds open: the
   * kernel closes it with the platform, however that ends. INT is PostgreSQL's fast shutdown.
   */
  private static final String WATCHDOG =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      server=$!
      { read -r _; kill -s INT "$server"; } <&3 3<&- &
      watch=$!
      exec 3<&- </dev/null
      wait "$server"
      status=$?
      kill "$watch" 2>/dev/null
      exit $status
      """;

  /** Starts the watchdog, and the server under it; it may not be ready yet. */
  Process start() throws IOException {
    var sockets = folder.resolve("socket");
    EmbeddedServer.createPrivate(sockets);
    unprivileged.give(sockets);
    boolean fits = (sockets + "/.s.PGSQL." + port).length() <= LONGEST_SOCKET_PATH;
    // A session of its own: Ctrl-C in a terminal must not reach it before the platform is done.
    var command =
        List.of(
            "setsid",
            "sh",
            "-c",
            WATCHDOG,
            "espalier-database",
            binaries.program("postgres"),
            "-D",
            data.toString(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "port=" + port,
            "-c",
            "unix_socket_directories=" + (fits ? sockets : ""),
            "-c",
            "fsync=on",
            "-c",
            "max_parallel_workers_per_gather=0", // starting one takes longer than most statements
            "-c",
            "cluster_name=espalier");
    var output = logFile(folder);
    if (Files.exists(output) && Files.size(output) > LARGEST_LOG) Files.delete(output);
    return new ProcessBuilder(unprivileged.command(command))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  void awaitReady(Process process) throws IOException, InterruptedException {
    var source = source("postgres");
    var end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (var connection = source.getConnection()) {
        connection.getMetaData();
        return;
      } catch (SQLException e) {
        var output = logFile(folder);
        if (!process.isAlive()) throw failed("The server gave up: " + e.getMessage(), output);
        if (System.nanoTime() > end) {
          throw failed("No answer within " + START_LIMIT + ": " + e.getMessage(), output);
        }
      }
      TimeUnit.MILLISECONDS.sleep(30);
    }
  }

  /** Takes away what a server that was killed has left, so that another can start. */
  void clear() throws IOException, InterruptedException {
    Leftover.stop(data);
  }

  /** Stops a server in order, by closing the pipe that its watchdog waits for. */
  static void stop(Process watchdog) {
    try {
      watchdog.getOutputStream().close();
      if (!watchdog.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("The embedded database has not stopped within {}", STOP_LIMIT);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot stop the embedded database", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Connects as the server's superuser. */
  PGSimpleDataSource source(String database) {
    var source = new PGSimpleDataSource();
    source.setUrl(url(database));
    source.setUser(superuser.user());
    source.setPassword(superuser.password());
    return source;
  }

  static Path logFile(Path folder) {
    return folder.resolve("server.log");
  }

  static IOException failed(String what, Path output) throws IOException {
    var lines = Files.exists(output) ? Files.readAllLines(output) : List.<String>of();
    var last = lines.subList(Math.max(0, lines.size() - 10), lines.size());
    return new IOException(what + "\n" + String.join("\n", last) + "\nMore in " + output);
  }
}
