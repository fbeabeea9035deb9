package io.espalier.bench.orchestration;

import io.espalier.house.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Multiplies rows in the database, for depths that would take too long to submit one by one. Every
 * column of a clone is its template's unless it is said otherwise, so that a clone is as whole as a
 * job that was submitted.
 */
final class Clones {

  /** A credential that an agent made here may call with. */
  record Agent(UUID id, String credential) {}

  private final Database database;

  Clones(Database database) {
    this.database = database;
  }

  /** Makes {@code count} more jobs like {@code template}, which waits for its first slot. */
  void ofJob(String template, int count, String pool) throws SQLException {
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute("insert into pool (name) values ('" + pool + "') on conflict do nothing");
        statement.execute(
            """
            create temporary table clone on commit drop as
            select gen_random_uuid() as job, gen_random_uuid() as account, n,
                   clock_timestamp() + n * interval '1 microsecond' as at
            from generate_series(1, %d) n
            """
                .formatted(count));
        copy(connection, "job", "t.id", template,
            "'id', c.job, 'idempotency_key', null, 'submitted_at', c.at");
        copy(connection, "job_transition", "t.job_id", template,
            "'job_id', c.job, 'id', nextval(pg_get_serial_sequence('job_transition', 'id'))");
        copy(connection, "budget_account", "t.job_id", template, "'id', c.account, 'job_id', c.job");
        copy(connection, "budget_entry", "t.job_id", template,
            "'job_id', c.job, 'account_id', c.account,"
                + " 'id', nextval(pg_get_serial_sequence('budget_entry', 'id'))");
        copy(connection, "task", "t.job_id", template,
            "'id', gen_random_uuid(), 'job_id', c.job, 'queued_at', c.at, 'place', c.at, 'pool', '" + pool + "'");
      }
      connection.commit();
      try (var statement = connection.createStatement()) {
        connection.setAutoCommit(true);
        statement.execute("analyze job, job_transition, budget_account, budget_entry, task");
      }
    }
  }

  private static void copy(
      Connection connection, String table, String key, String template, String other)
      throws SQLException {
    String columns = columns(connection, table);
    try (var statement =
        connection.prepareStatement(
            """
            insert into %1$s (%4$s) overriding system value
            select %5$s from %1$s t, clone c,
              lateral jsonb_populate_record(null::%1$s, to_jsonb(t) || jsonb_build_object(%3$s)) r
            where %2$s = ?::uuid order by c.n
            """
                .formatted(table, key, other, columns, "r." + columns.replace(", ", ", r.")))) {
      statement.setString(1, template);
      statement.executeUpdate();
    }
  }

  /** Those that are not computed from others. */
  private static String columns(Connection connection, String table) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select string_agg(column_name, ', ' order by ordinal_position)
            from information_schema.columns
            where table_schema = 'espalier' and table_name = ? and is_generated = 'NEVER'
            """)) {
      statement.setString(1, table);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** Agents that have enrolled, with no slot yet: they still have to say hello. */
  List<Agent> agents(int count, String prefix) throws SQLException {
    var agents = new ArrayList<Agent>();
    try (Connection connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                insert into agent (id, name, credential_hash, credential_expires_at)
                values (?, ?, ?, now() + interval '1 day')
                """)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        var id = UUID.randomUUID();
        String secret = "bench-" + prefix + "-" + i + "-" + UUID.randomUUID();
        statement.setObject(1, id);
        statement.setString(2, prefix + i);
        statement.setBytes(3, sha256(secret));
        statement.addBatch();
        agents.add(new Agent(id, "esp_agent_" + id + "_" + secret));
      }
      statement.executeBatch();
      connection.commit();
    }
    return agents;
  }

  long count(String query) throws SQLException {
    try (Connection connection = database.connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  void run(String statementText) throws SQLException {
    try (Connection connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(statementText);
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
