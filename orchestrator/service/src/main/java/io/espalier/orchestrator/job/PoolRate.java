package io.espalier.orchestrator.job;

import java.util.List;

/** What a slot is assumed to compute until a profile has timed it, in FLOP/s. */
final class PoolRate {

  /** Two cores of a current server in single precision, a third of their peak. */
  private static final double CPU = 2e10;

  /** A data-centre GPU in single precision, a third of its peak. */
  private static final double GPU = 5e12;

  static double of(String pool) {
    return pool.equals("cpu") ? CPU : GPU;
  }

  /** An expression: the names of all pools of which some agent has reported slots for use. */
  static final String OFFERED =
      """
      array(select p.name from pool p
            where exists (select 1 from slot s where s.pool = p.name and s.present and s.enabled))
      """;

  /** Of the best slots that any agent has reported; a CPU's if there is none yet. */
  static double best(List<String> offered) {
    return offered.stream().mapToDouble(PoolRate::of).max().orElse(CPU);
  }

  private PoolRate() {}
}
