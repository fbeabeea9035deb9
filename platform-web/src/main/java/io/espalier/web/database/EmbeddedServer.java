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
import java.time.Duration;
import java.util.List;
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
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private final FolderLock lock;
  private final Launch launch;
  private final Address address;
  private final Thread keeper;

  // Guarded by this.
  private Process server;
  private boolean closed;

  private EmbeddedServer(FolderLock lock, Launch launch, Process server, Address address) {
    this.lock = lock;
    this.launch = launch;
    this.server = server;
    this.address = address;
    this.keeper = Thread.ofVirtual().name("embedded-database").start(this::keepRunning);
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

  /** The server of a platform that runs now on the data folder {@code home}. */
  static Address running(Path home) throws IOException {
    var folder = home.resolve("database");
    return address(Integer.parseInt(Files.readString(portFile(folder)).strip()), folder);
  }

  private static Address address(int port, Path folder) throws IOException {
    var passwords = new Passwords(folder);
    return new Address(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE,
        passwords.of("espalier_owner"),
        passwords.of("espalier_app"),
        passwords.of("espalier_planner"));
  }

  private static Path portFile(Path folder) {
    return folder.resolve("port");
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

    var launch = new Launch(folder, data, port(folder), binaries, unprivileged, superuser);
    var process = launch.start();
    try {
      launch.awaitReady(process);
      var address = address(launch.port(), folder);
      createRoles(JdbcClient.create(launch.source("postgres")), address);
      return new EmbeddedServer(lock, launch, process, address);
    } catch (RuntimeException | IOException | InterruptedException e) {
      Launch.stop(process);
      throw e;
    }
  }

  Address address() {
    return address;
  }

  /**
   * Starts the server again whenever it ends by itself: killed, or without room on the disk. Until
   * it is ready, and all through a full disk, the platform answers that its database is away.
   */
  private void keepRunning() {
    var pause = SHORTEST_PAUSE;
    try {
      while (true) {
        int code = current().waitFor();
        if (isClosed()) return;
        log.warn("The embedded database has ended with code {}; it is started again", code);
        Thread.sleep(pause);
        pause = startAgain() ? SHORTEST_PAUSE : longer(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the platform stops
    }
  }

  private boolean startAgain() throws InterruptedException {
    try {
      launch.clear();
      var process = launch.start();
      synchronized (this) {
        server = process;
        if (closed) Launch.stop(process);
      }
      launch.awaitReady(process);
      log.info("The embedded database is back");
      return true;
    } catch (IOException e) {
      if (!isClosed()) log.warn("The embedded database did not start: {}", e.getMessage());
      return false;
    }
  }

  private static Duration longer(Duration pause) {
    var twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private synchronized Process current() {
    return server;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Stops the server in order: open transactions are rolled back, everything else is on disk. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      Launch.stop(server);
    }
    keeper.interrupt();
    lock.close();
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
            .redirectOutput(ProcessBuilder.Redirect.appendTo(Launch.logFile(folder).toFile()))
            .start();
    process.getOutputStream().close();
    if (process.waitFor() != 0) throw Launch.failed("initdb gave up", Launch.logFile(folder));
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
    var file = portFile(folder);
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

  static void createPrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) return;
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
  }
}
