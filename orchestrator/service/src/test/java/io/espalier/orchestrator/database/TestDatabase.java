package io.espalier.orchestrator.database;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
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
public final class TestDatabase implements AutoCloseable {

  private static final String MIGRATED = "migrated";
  private static final EmbeddedPostgres SERVER = start();

  private static final String OWN = "espalier";

  /** The first of these exists once {@link #stopClock} has made it. */
  private static final String WITH_HAND = "hand,pg_catalog,espalier";

  /** Makes and drops the databases of all tests. */
  private static final JdbcClient MAKER = JdbcClient.create(pool("postgres"));

  private final String name = "t" + UUID.randomUUID().toString().replace("-", "");
  private final HikariDataSource superuser;

  public TestDatabase() {
    MAKER.sql("create database " + name + " owner owner template " + MIGRATED).update();
    superuser = pool(name);
  }

  /**
   * From now on the database's clock stands still unless {@link #setClock} moves it: functions of
   * its own stand before PostgreSQL's in the roles' search path, and in the columns' defaults.
   */
  public void stopClock(Instant now) {
    var superuser = superuser();
    superuser.sql("create schema hand").update();
    superuser.sql("create table hand.time (at timestamptz not null)").update();
    superuser
        .sql("insert into hand.time values (:now)")
        .param("now", now.toString(), Types.OTHER)
        .update();
    for (var function : List.of("now", "clock_timestamp")) {
      superuser
          .sql(
              "create function hand."
                  + function
                  + "() returns timestamptz language sql stable as 'select at from hand.time'")
          .update();
    }
    superuser.sql("grant usage on schema hand to app, planner").update();
    superuser.sql("grant select on hand.time to app, planner").update();
    superuser
        .sql(
            """
            select format('alter table espalier.%I alter column %I set default hand.now()',
                          table_name, column_name)
            from information_schema.columns
            where table_schema = 'espalier'
              and column_default in ('now()', 'clock_timestamp()')
            """)
        .query(String.class)
        .list()
        .forEach(statement -> superuser.sql(statement).update());
  }

  public void setClock(Instant now) {
    superuser()
        .sql("update hand.time set at = :now")
        .param("now", now.toString(), Types.OTHER)
        .update();
  }

  public Credentials credentials() {
    return new Credentials(source("app"), source("planner"));
  }

  public Transactions transactions() {
    return new Transactions(credentials());
  }

  /** Deletes the database: the server's end would have to delete the files of all that are left. */
  @Override
  public void close() {
    superuser.close();
    MAKER.sql("drop database " + name + " with (force)").update();
  }

  /** For checks that no role of the product could make. */
  public JdbcClient superuser() {
    return JdbcClient.create(superuser);
  }

  /** Connecting takes longer than most statements of a test do. */
  private static HikariDataSource pool(String database) {
    var pool = new HikariDataSource();
    pool.setDataSource(source(SERVER, "postgres", database, OWN));
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
    return pool;
  }

  private DataSource source(String role) {
    return source(SERVER, role, name, WITH_HAND);
  }

  private static DataSource source(
      EmbeddedPostgres server, String role, String database, String schemas) {
    var source = (PGSimpleDataSource) server.getDatabase(role, database);
    source.setCurrentSchema(schemas);
    return source;
  }

  private static EmbeddedPostgres start() {
    try {
      // What a test has written need not survive a power cut.
      var server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "off")
              .setServerConfig("full_page_writes", "off")
              // Starting a worker takes longer than any statement of a test does alone.
              .setServerConfig("max_parallel_workers_per_gather", "0")
              .start();
      var postgres = JdbcClient.create(server.getPostgresDatabase());
      postgres.sql("create role owner login createdb").update();
      postgres.sql("create role app login nosuperuser nobypassrls").update();
      postgres.sql("create role planner login nosuperuser nobypassrls").update();
      postgres.sql("create database " + MIGRATED + " owner owner").update();
      Flyway.configure()
          .dataSource(source(server, "owner", MIGRATED, OWN))
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
