package io.espalier.orchestrator.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A real PostgreSQL for tests: one server per JVM with the three roles, a fresh database per
 * instance, copied from one that has all migrations.
 */
public final class TestDatabase {

  private static final String MIGRATED = "migrated";
  private static final EmbeddedPostgres SERVER = start();

  private final String name = "t" + UUID.randomUUID().toString().replace("-", "");

  public TestDatabase() {
    superuser("postgres")
        .sql("create database " + name + " owner owner template " + MIGRATED)
        .update();
  }

  public Credentials credentials() {
    return new Credentials(source("app"), source("planner"));
  }

  public Transactions transactions() {
    return new Transactions(credentials());
  }

  /** Deletes the database; a test that leaves it to the server's end does no harm. */
  public void drop() {
    superuser("postgres").sql("drop database " + name + " with (force)").update();
  }

  /** For checks that no role of the product could make. */
  public JdbcClient superuser() {
    return superuser(name);
  }

  private JdbcClient superuser(String database) {
    var source = (PGSimpleDataSource) SERVER.getDatabase("postgres", database);
    source.setCurrentSchema("espalier");
    return JdbcClient.create(source);
  }

  private DataSource source(String role) {
    return source(SERVER, role, name);
  }

  private static DataSource source(EmbeddedPostgres server, String role, String database) {
    var source = (PGSimpleDataSource) server.getDatabase(role, database);
    source.setCurrentSchema("espalier");
    return source;
  }

  private static EmbeddedPostgres start() {
    try {
      // What a test has written need not survive a power cut.
      var server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "off")
              .setServerConfig("full_page_writes", "off")
              .start();
      var postgres = JdbcClient.create(server.getPostgresDatabase());
      postgres.sql("create role owner login createdb").update();
      postgres.sql("create role app login nosuperuser nobypassrls").update();
      postgres.sql("create role planner login nosuperuser nobypassrls").update();
      postgres.sql("create database " + MIGRATED + " owner owner").update();
      Flyway.configure()
          .dataSource(source(server, "owner", MIGRATED))
          .schemas("espalier")
          .placeholders(Map.of("app", "app", "planner", "planner"))
          .load()
          .migrate();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("The embedded PostgreSQL for tests did not start", e);
    }
  }
}
