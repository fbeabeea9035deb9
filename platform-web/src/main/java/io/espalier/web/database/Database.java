package io.espalier.web.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.database.Credentials;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The platform's PostgreSQL, migrated and connected. Closing it closes the connections and then
 * stops the server, if it is the platform's own.
 */
public final class Database implements AutoCloseable {

  static final String SCHEMA = "espalier";
  private static final int APPLICATION_CONNECTIONS = 12;
  private static final int PLANNER_CONNECTIONS = 8;
  private static final long CONNECTION_MILLIS = 20_000;

  private final @Nullable EmbeddedServer server;
  private final String url;
  private final HikariDataSource application;
  private final HikariDataSource planner;

  private Database(@Nullable EmbeddedServer server, Address address) {
    this.server = server;
    this.url = address.url();
    application =
        pool("application", address.url(), address.application(), APPLICATION_CONNECTIONS);
    planner = pool("planner", address.url(), address.planner(), PLANNER_CONNECTIONS);
  }

  static Database open(DatabaseSettings settings) {
    var url = settings.db().url();
    if (url != null && !url.isBlank()) {
      var address = settings.db().address(url);
      migrate(address);
      return new Database(null, address);
    }
    var server = EmbeddedServer.start(settings.home());
    try {
      migrate(server.address());
      return new Database(server, server.address());
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  public Credentials credentials() {
    return new Credentials(application, planner);
  }

  /** Whether the server is the platform's own: for evaluation, on one machine. */
  public boolean isEmbedded() {
    return server != null;
  }

  /** Where the database is, for operators: without passwords. */
  public String url() {
    return url;
  }

  @Override
  public void close() {
    application.close();
    planner.close();
    if (server != null) server.close();
  }

  private static void migrate(Address address) {
    var source = new PGSimpleDataSource();
    source.setUrl(address.url());
    source.setUser(address.owner().user());
    source.setPassword(address.owner().password());
    try {
      Flyway.configure()
          .dataSource(source)
          .schemas(SCHEMA)
          .placeholders(
              Map.of("app", address.application().user(), "planner", address.planner().user()))
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new Refused(
          Problem.of(
                  "database-not-ready",
                  Category.INTERNAL,
                  "database " + address.url(),
                  "The schema could not be brought up to date as role " + address.owner() + ".",
                  "Check that the server runs and that the roles of ops/create-roles.sql exist.")
              .found(String.valueOf(e.getMessage()).strip()),
          e);
    }
  }

  private static HikariDataSource pool(String name, String url, Login login, int size) {
    var config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url);
    config.setUsername(login.user());
    config.setPassword(login.password());
    config.addDataSourceProperty("currentSchema", SCHEMA);
    config.addDataSourceProperty("ApplicationName", "espalier-" + name);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(2);
    // A server that starts again is back by then; a request should not wait longer for one.
    config.setConnectionTimeout(CONNECTION_MILLIS);
    return new HikariDataSource(config);
  }
}
