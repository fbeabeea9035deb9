package io.espalier.simulation.cluster;

import io.espalier.simulation.event.Chance;

/**
 * What befalls a cluster. Each seed has a mixture of its own: some kinds are left out, so that the
 * others get further.
 *
 * @param lost share of messages that never arrive
 * @param duplicated share that arrive twice, the second time up to a minute later
 * @param delayed share that arrive up to a minute late, and so after later ones
 * @param unheardNotice share of the database's notices that a node does not hear
 * @param failedCommit share of transactions that fail before they commit
 * @param unknownCommit share that commit without their caller learning of it
 * @param daemonDeath mean milliseconds between two deaths of a daemon, over all hosts; 0 for never
 * @param drift of a host's clock, either way
 */
record Faults(
    double lost,
    double duplicated,
    double delayed,
    double unheardNotice,
    double failedCommit,
    double unknownCommit,
    long daemonDeath,
    long daemonFreeze,
    long trainerDeath,
    long hostDeath,
    long diskFull,
    long cutOff,
    long nodeDeath,
    long databaseOutage,
    long drain,
    double drift) {

  static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static final long MINUTE = 60_000;

  static Faults drawn(Chance chance) {
    return new Faults(
        share(chance, 0.05),
        share(chance, 0.05),
        share(chance, 0.05),
        share(chance, 0.2),
        share(chance, 0.02),
        share(chance, 0.02),
        every(chance, 3),
        every(chance, 4),
        every(chance, 4),
        every(chance, 8),
        every(chance, 10),
        every(chance, 3),
        every(chance, 5),
        every(chance, 12),
        every(chance, 12),
        chance.happens(0.5) ? 0.10 : 0);
  }

  private static double share(Chance chance, double most) {
    return chance.happens(0.5) ? most * chance.share() : 0;
  }

  private static long every(Chance chance, long minutes) {
    return chance.happens(0.6) ? chance.between(minutes * MINUTE / 2, minutes * MINUTE * 3) : 0;
  }
}
