package io.espalier.agent;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Waits for what another thread or process will do. */
public final class Eventually {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Returns when {@code holds}; fails if it does not in half a minute. */
  public static void eventually(String what, Callable<Boolean> holds) throws Exception {
    Instant end = Instant.now().plus(LONGEST);
    while (!holds.call()) {
      if (Instant.now().isAfter(end)) fail("not within " + LONGEST + ": " + what);
      Thread.sleep(20);
    }
  }

  private Eventually() {}
}
