package io.espalier.orchestrator.job;

import org.springframework.jdbc.core.simple.JdbcClient;

/** What a slot is assumed to compute until a profile has timed it, in FLOP/s. */
final class PoolRate {

  /** Two cores of a current server in single precision, a third of their peak. */
  private static final double CPU = 2e10;

  /** A data-centre GPU in single precision, a third of its peak. */
  private static final double GPU = 5e12;

  static double of(String pool) {
    return pool.equals("cpu") ? CPU : GPU;
  }

  /** Of the best slots that any agent has reported; a CPU's if there is none yet. */
  static double best(JdbcClient jdbc) {
    return jdbc
        .sql(
            """
            select p.name from pool p
            where exists (select 1 from slot s where s.pool = p.name and s.present and s.enabled)
            """)
        .query(String.class)
        .list()
        .stream()
        .mapToDouble(PoolRate::of)
        .max()
        .orElse(CPU);
  }

  private PoolRate() {}
}
