package io.espalier.orchestrator.schedule;

import java.util.concurrent.TimeUnit;

/**
 * How long the plan loop rests after a plan, by a clock in nanoseconds. Half of a core is left to
 * whoever brings the news. Plans that grant nothing, as while many submit and nothing is free, get
 * an eighth of a core, of which a little is saved up: what comes now and then never waits for it.
 */
final class Pace {

  private static final long SHARE_IN_VAIN = 8;
  private static final long MOST_SAVED = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(500);

  /** Time for plans that grant nothing; below zero if more was taken than there was. */
  private long saved = MOST_SAVED;

  private long last = Long.MIN_VALUE;

  /** The rest after a plan. */
  long rest(long began, long ended, boolean granted) {
    long took = ended - began;
    if (last != Long.MIN_VALUE) saved += (ended - last) / SHARE_IN_VAIN;
    last = ended;
    if (!granted) saved -= took;
    saved = Math.clamp(saved, -LONGEST / SHARE_IN_VAIN, MOST_SAVED);
    return Math.max(took, -saved * SHARE_IN_VAIN);
  }
}
