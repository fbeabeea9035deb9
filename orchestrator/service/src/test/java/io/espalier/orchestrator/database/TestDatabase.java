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
 * A real PostgreSQL for tests: one server per JVM, a fresh database with the three roles and all
 * migrations per instance.
 */
public final class TestDatabase {

  private static final EmbeddedPostgres SERVER = start();

  private final String name = "t" + UUID.randomUUID().toString().replace("-", "");

  public TestDatabase() {
    superuser("postgres").sql("create database " + name + " owner owner").update();
    Flyway.configure()
        .dataSource(source("owner"))
        .schemas("espalier")
        .placeholders(Map.of("app", "app", "planner", "planner"))
        .load()
        .migrate();
  }

  public Credentials credentials() {
    return new Credentials(source("app"), source("planner"));
  }

  public Transactions transactions() {
    return new Transactions(credentials());
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
    var source = (PGSimpleDataSource) SERVER.getDatabase(role, name);
    source.setCurrentSchema("espalier");
    return source;
  }

  private static EmbeddedPostgres start() {
    try {
      var server = EmbeddedPostgres.builder().start();
      var postgres = JdbcClient.create(server.getPostgresDatabase());
      postgres.sql("create role owner login createdb").update();
      postgres.sql("create role app login nosuperuser nobypassrls").update();
      postgres.sql("create role planner login nosuperuser nobypassrls").update();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("The embedded PostgreSQL for tests did not start", e);
    }
  }
}
