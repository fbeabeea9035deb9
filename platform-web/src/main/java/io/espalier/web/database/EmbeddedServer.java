package io.espalier.web.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL in the data folder: loopback only, scram passwords, every commit on disk. It runs
 * under a watchdog that stops it when the platform ends, even by {@code kill -9}.
 */
final class EmbeddedServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedServer.class);

  private static final String DATABASE = "espalier";
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

  private final FolderLock lock;
  private final Process watchdog;
  private final Address address;

  private EmbeddedServer(FolderLock lock, Process watchdog, Address address) {
    this.lock = lock;
    this.watchdog = watchdog;
    this.address = address;
  }

  /** Starts the server of the data folder {@code home}, which is made if there is none. */
  static EmbeddedServer start(Path home) {
    var folder = home.toAbsolutePath().normalize();
    var lock = lock(folder);
    try {
      return start(folder, lock);
    } catch (IOException e) {
      lock.close();
      throw new UncheckedIOException("The embedded database did not start in " + folder, e);
    } catch (InterruptedException e) {
      lock.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the embedded database started", e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FolderLock lock(Path folder) {
    try {
      createPrivate(folder);
      return FolderLock.take(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the data folder " + folder, e);
    }
  }

  private static EmbeddedServer start(Path home, FolderLock lock)
      throws IOException, InterruptedException {
    var folder = home.resolve("database");
    createPrivate(folder);
    clearPartialWork(folder);
    var passwords = new Passwords(folder);
    var superuser = passwords.of("postgres");
    var unprivileged = Unprivileged.here();
    var binaries = Binaries.in(folder);
    var data = folder.resolve("data");
    if (!Files.isDirectory(data)) {
      initialise(folder, data, binaries, unprivileged, passwords);
    }
    requireSameMajor(data);
    Leftover.stop(data);
    unprivileged.give(folder);

    int port = port(folder);
    var process = launch(folder, data, port, binaries, unprivileged);
    try {
      var source = source(port, "postgres", superuser);
      awaitReady(source, process, logFile(folder));
      var address =
          new Address(
              "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE,
              passwords.of("espalier_owner"),
              passwords.of("espalier_app"),
              passwords.of("espalier_planner"));
      createRoles(JdbcClient.create(source), address);
      return new EmbeddedServer(lock, process, address);
    } catch (RuntimeException | IOException | InterruptedException e) {
      stop(process);
      throw e;
    }
  }

  Address address() {
    return address;
  }

  /** Stops the server in order: open transactions are rolled back, everything else is on disk. */
  @Override
  public void close() {
    stop(watchdog);
    lock.close();
  }

  private static void stop(Process watchdog) {
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

  /** Renamed into place at the end, so that half-made data are never taken for a database. */
  private static void initialise(
      Path folder, Path data, Binaries binaries, Unprivileged unprivileged, Passwords passwords)
      throws IOException, InterruptedException {
    var partial = Files.createTempDirectory(folder, "initialising-");
    unprivileged.give(folder);
    var initdb =
        unprivileged.command(
            List.of(
                binaries.program("initdb"),
                "--pgdata=" + partial,
                "--username=postgres",
                "--pwfile=" + passwords.file("postgres"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums"));
    var process =
        new ProcessBuilder(initdb)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(folder).toFile()))
            .start();
    process.getOutputStream().close();
    if (process.waitFor() != 0) throw failed("initdb gave up", logFile(folder));
    Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
  }

  /** What a start that was cut short left behind. */
  private static void clearPartialWork(Path folder) throws IOException {
    try (var partial = Files.newDirectoryStream(folder, "{unpacking,initialising}-*")) {
      for (var path : partial) FileSystemUtils.deleteRecursively(path);
    }
  }

  private static void requireSameMajor(Path data) throws IOException {
    var found = Files.readString(data.resolve("PG_VERSION")).strip();
    if (!found.equals(Binaries.MAJOR)) {
      throw new Refused(
          Problem.of(
                  "database-version",
                  Category.CONFLICT,
                  "data folder " + data,
                  "It was written by another major version of PostgreSQL.",
                  "Use the version of the platform that wrote it, or restore a backup.")
              .found(found)
              .allowed(Binaries.MAJOR));
    }
  }

  private static Process launch(
      Path folder, Path data, int port, Binaries binaries, Unprivileged unprivileged)
      throws IOException {
    var sockets = folder.resolve("socket");
    createPrivate(sockets);
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
            "cluster_name=espalier");
    var output = logFile(folder);
    if (Files.exists(output) && Files.size(output) > LARGEST_LOG) Files.delete(output);
    return new ProcessBuilder(unprivileged.command(command))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  private static void awaitReady(PGSimpleDataSource source, Process process, Path output)
      throws IOException, InterruptedException {
    var end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (var connection = source.getConnection()) {
        connection.getMetaData();
        return;
      } catch (SQLException e) {
        if (!process.isAlive()) throw failed("The server gave up: " + e.getMessage(), output);
        if (System.nanoTime() > end) {
          throw failed("No answer within " + START_LIMIT + ": " + e.getMessage(), output);
        }
      }
      TimeUnit.MILLISECONDS.sleep(30);
    }
  }

  /** Does nothing where they exist already; the passwords are those of the files. */
  private static void createRoles(JdbcClient database, Address address) {
    for (var login : List.of(address.owner(), address.application(), address.planner())) {
      boolean exists =
          database
              .sql("select exists (select 1 from pg_roles where rolname = ?)")
              .param(login.user())
              .query(Boolean.class)
              .single();
      // The role alone could be left of a start that was cut short; its password is always set.
      var statement =
          database
              .sql("select format(?, ?::text, ?::text)")
              .params(
                  (exists ? "alter" : "create")
                      + " role %I login nosuperuser nobypassrls nocreatedb nocreaterole password %L",
                  login.user(),
                  login.password())
              .query(String.class)
              .single();
      database.sql(statement).update();
    }
    boolean exists =
        database
            .sql("select exists (select 1 from pg_database where datname = ?)")
            .param(DATABASE)
            .query(Boolean.class)
            .single();
    if (!exists) {
      database.sql("create database " + DATABASE + " owner " + address.owner().user()).update();
    }
  }

  /** The port of the last time, if it is free; a tunnel or a script may know it. */
  private static int port(Path folder) throws IOException {
    var file = folder.resolve("port");
    if (Files.exists(file)) {
      var text = Files.readString(file).strip();
      if (text.matches("\\d{1,5}") && isFree(Integer.parseInt(text))) {
        return Integer.parseInt(text);
      }
    }
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.writeString(file, port + "\n");
    return port;
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static PGSimpleDataSource source(int port, String database, Login login) {
    var source = new PGSimpleDataSource();
    source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/" + database);
    source.setUser(login.user());
    source.setPassword(login.password());
    return source;
  }

  private static Path logFile(Path folder) {
    return folder.resolve("server.log");
  }

  private static void createPrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) return;
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
  }

  private static IOException failed(String what, Path output) throws IOException {
    var lines = Files.exists(output) ? Files.readAllLines(output) : List.<String>of();
    var last = lines.subList(Math.max(0, lines.size() - 10), lines.size());
    return new IOException(what + "\n" + String.join("\n", last) + "\nMore in " + output);
  }
}
