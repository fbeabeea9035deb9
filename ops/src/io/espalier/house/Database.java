package io.espalier.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code ops/database}: a PostgreSQL on this machine that any number of platform nodes share. */
public final class Database implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("The database is ready: (.+)");
  private static final int START_SECONDS = 60;

  private final Path home;
  private final Started server;
  private final Map<String, String> settings;

  private Database(Path home, Started server, Map<String, String> settings) {
    this.home = home;
    this.server = server;
    this.settings = settings;
  }

  public static Database start(Installation installation, Path home)
      throws IOException, InterruptedException {
    Files.createDirectories(home);
    var command = installation.ops("database");
    command.environment().put("ESPALIER_HOME", home.toString());
    Started server = Started.program("the database", command, home.resolve("database.log"));
    return new Database(home, server, read(Path.of(server.awaitLine(READY, START_SECONDS))));
  }

  /** The variables that a platform needs to use it. */
  public Map<String, String> settings() {
    return settings;
  }

  /** The same, reached through another port of this machine. */
  public Map<String, String> settingsThrough(int port) {
    var through = new LinkedHashMap<>(settings);
    through.put("ESPALIER_DB_URL", url().replaceFirst(":\\d+/", ":" + port + "/"));
    return through;
  }

  public int port() {
    return Integer.parseInt(url().replaceAll(".*:(\\d+)/.*", "$1"));
  }

  private String url() {
    return settings.get("ESPALIER_DB_URL");
  }

  /** As the owner of the tables, whom row-level security does not bind. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        url() + "?currentSchema=espalier",
        settings.get("ESPALIER_DB_OWNER_USER"),
        settings.get("ESPALIER_DB_OWNER_PASSWORD"));
  }

  /** The process of PostgreSQL itself; none while it is started again. */
  public Optional<ProcessHandle> postmaster() throws IOException {
    Path file = home.resolve("database/data/postmaster.pid");
    if (Files.notExists(file)) return Optional.empty();
    String first = Files.readString(file).lines().findFirst().orElse("").strip();
    return first.matches("\\d+") ? ProcessHandle.of(Long.parseLong(first)) : Optional.empty();
  }

  public long cpuMillis() throws IOException {
    return postmaster()
        .map(process ->
            CpuTime.of(process.pid())
                + process.children().mapToLong(child -> CpuTime.of(child.pid())).sum())
        .orElse(0L);
  }

  @Override
  public void close() throws InterruptedException {
    server.stop(60);
  }

  private static Map<String, String> read(Path file) throws IOException {
    var settings = new LinkedHashMap<String, String>();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      settings.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return settings;
  }
}
