package io.espalier.orchestrator.schedule;

import org.springframework.jdbc.core.simple.JdbcClient;

/** A lock by number that the database holds until the transaction ends. */
final class AdvisoryLock {

  static boolean tryTake(JdbcClient jdbc, long number) {
    return jdbc.sql("select pg_try_advisory_xact_lock(:number)")
        .param("number", number)
        .query((row, _) -> row.getBoolean(1))
        .single();
  }

  private AdvisoryLock() {}
}
