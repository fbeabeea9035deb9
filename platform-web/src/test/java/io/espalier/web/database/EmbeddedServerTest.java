package io.espalier.web.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.web.database.DatabaseSettings.External;
import io.espalier.web.database.DatabaseSettings.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

class EmbeddedServerTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path home;

  /** Unpacking takes seconds, and no test here is about it. */
  @BeforeEach
  void linkBinaries() throws IOException {
    var folder = Files.createDirectories(home.resolve("database"));
    TestBinaries.linkInto(folder, Path.of("target", "test-postgres").toAbsolutePath());
  }

  @Test
  void keepsItsDataAndItsPortOverARestart() {
    String url;
    try (var database = Database.open(embedded())) {
      url = database.url();
      insertTeam(database.credentials().application(), "red");
    }
    try (var database = Database.open(embedded())) {
      assertThat(database.url()).isEqualTo(url);
      assertThat(teams(database.credentials().planner())).containsExactly("red");
    }
  }

  @Test
  void commitsToDiskAndListensOnLoopbackOnly() {
    try (var database = Database.open(embedded())) {
      var client = JdbcClient.create(database.credentials().application());
      assertThat(setting(client, "fsync")).isEqualTo("on");
      assertThat(setting(client, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(client, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(setting(client, "password_encryption")).isEqualTo("scram-sha-256");
    }
  }

  @Test
  void asksEveryRoleForItsPassword() throws IOException {
    try (var database = Database.open(embedded())) {
      for (var role : List.of("postgres", "espalier_owner", "espalier_app", "espalier_planner")) {
        var file = home.resolve("database/" + role + ".password");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
        assertThatThrownBy(() -> connect(database.url(), role, "wrong"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("password authentication failed");
      }
    }
  }

  @Test
  void theRolesOfThePlatformCannotPassRowLevelSecurity() {
    try (var database = Database.open(embedded())) {
      var mighty =
          JdbcClient.create(database.credentials().planner())
              .sql(
                  """
                  select rolname from pg_roles
                  where rolname like 'espalier%' and (rolsuper or rolbypassrls or rolcreaterole)
                  """)
              .query(String.class)
              .list();
      assertThat(mighty).isEmpty();
    }
  }

  @Test
  void refusesASecondPlatformOnTheSameFolder() {
    try (var first = Database.open(embedded())) {
      assertThat(first.isEmbedded()).isTrue();
      assertThatThrownBy(() -> Database.open(embedded()))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("Another platform runs on it")
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("ESPALIER_HOME");
    }
  }

  @Test
  void leavesNoServerBehindWhenThePlatformIsKilled() throws Exception {
    var platform = startPlatform();
    var server = ProcessHandle.of(serverPid()).orElseThrow();
    assertThat(server.isAlive()).isTrue();

    platform.destroyForcibly().waitFor();

    server.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    try (var database = Database.open(embedded())) {
      assertThat(teams(database.credentials().planner())).containsExactly("committed");
    }
  }

  @Test
  void startsTheServerAgainWhenItIsKilled() throws Exception {
    try (var database = Database.open(embedded())) {
      insertTeam(database.credentials().application(), "red");
      var server = ProcessHandle.of(serverPid()).orElseThrow();

      server.destroyForcibly();
      server.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
      TimeUnit.MILLISECONDS.sleep(100); // its parts see that it has died, and end too

      assertThat(eventuallyTeams(database.credentials().planner())).containsExactly("red");
      assertThat(serverPid()).isNotEqualTo(server.pid());
    }
  }

  @Test
  void stopsAServerWhoseWatchdogWasKilledWithThePlatform() throws Exception {
    var platform = startPlatform();
    var server = ProcessHandle.of(serverPid()).orElseThrow();
    // The shells, not the server: what would have stopped it is gone too.
    var shells =
        platform.descendants().filter(process -> !isServerOrPart(process, server)).toList();
    shells.forEach(ProcessHandle::destroyForcibly);
    platform.destroyForcibly().waitFor();
    assertThat(server.isAlive()).isTrue();

    try (var database = Database.open(embedded())) {
      assertThat(server.isAlive()).isFalse();
      assertThat(serverPid()).isNotEqualTo(server.pid());
      assertThat(teams(database.credentials().planner())).containsExactly("committed");
    }
  }

  @Test
  void doesNotMistakeAnotherProcessForItsServer() throws IOException {
    String url;
    try (var database = Database.open(embedded())) {
      url = database.url();
    }
    // After a power cut the number in the file may belong to anybody: here, to this test.
    Files.writeString(
        home.resolve("database/data/postmaster.pid"), ProcessHandle.current().pid() + "\n");
    try (var database = Database.open(embedded())) {
      assertThat(database.url()).isEqualTo(url);
    }
  }

  @Test
  void usesThePostgresqlOfTheOperatorWhenItIsNamed() throws IOException {
    try (var theirs = EmbeddedServer.start(home)) {
      var address = theirs.address();
      var settings =
          new DatabaseSettings(
              home.resolve("unused"),
              new External(
                  address.url(),
                  role(address.owner()),
                  role(address.application()),
                  role(address.planner())));
      try (var database = Database.open(settings)) {
        assertThat(database.isEmbedded()).isFalse();
        insertTeam(database.credentials().application(), "blue");
        assertThat(teams(database.credentials().planner())).containsExactly("blue");
      }
      assertThat(home.resolve("unused")).doesNotExist();
    }
  }

  @Test
  void namesTheVariableThatIsMissing() {
    var nobody = new Role(null, null);
    var settings =
        new DatabaseSettings(
            home,
            new External(
                "jdbc:postgresql://127.0.0.1:1/x",
                new Role("o", "p"),
                new Role("a", null),
                nobody));

    assertThatThrownBy(() -> Database.open(settings))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("ESPALIER_DB_APP_PASSWORD")
        .hasMessageContaining("ops/create-roles.sql");
  }

  /** What there is once the database answers again. */
  private static List<String> eventuallyTeams(DataSource source) throws InterruptedException {
    var end = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        return teams(source);
      } catch (DataAccessException away) {
        assertThat(System.nanoTime()).as(away.getMessage()).isLessThan(end);
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private DatabaseSettings embedded() {
    var nobody = new Role(null, null);
    return new DatabaseSettings(home, new External(null, nobody, nobody, nobody));
  }

  private static Role role(Login login) {
    return new Role(login.user(), login.password());
  }

  private static void insertTeam(DataSource source, String name) {
    JdbcClient.create(source).sql("insert into team (name) values (?)").param(name).update();
  }

  private static List<@Nullable String> teams(DataSource source) {
    return JdbcClient.create(source).sql("select name from team").query(String.class).list();
  }

  private static @Nullable String setting(JdbcClient client, String name) {
    return client.sql("select current_setting(?)").param(name).query(String.class).single();
  }

  private static Connection connect(String url, String user, String password) throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  private long serverPid() throws IOException {
    var file = home.resolve("database/data/postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).getFirst().strip());
  }

  private static boolean isServerOrPart(ProcessHandle process, ProcessHandle server) {
    return process.equals(server) || process.parent().filter(server::equals).isPresent();
  }

  /** Another JVM that opens the database, commits one row and then waits to be killed. */
  private Process startPlatform() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var platform =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedServerTest.class.getName(),
                home.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = new BufferedReader(platform.inputReader());
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("committed")) return platform;
    }
    throw new AssertionError("The platform ended before its database was ready");
  }

  public static void main(String[] arguments) throws InterruptedException {
    var nobody = new Role(null, null);
    var settings =
        new DatabaseSettings(Path.of(arguments[0]), new External(null, nobody, nobody, nobody));
    var database = Database.open(settings);
    insertTeam(database.credentials().application(), "committed");
    System.out.println("committed");
    Thread.currentThread().join(); // until killed
    database.close();
  }
}
