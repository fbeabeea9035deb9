package io.espalier.trainer.task;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The right to go on, as the daemon renews it in a file. When it runs out without renewal the task
 * stops at its next step boundary; a task that does not get there is ended with its process, since
 * another run may begin elsewhere soon after.
 */
final class Lease {

  /** Between the deadline and the hard end; the fence of the platform leaves 30 seconds. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Path deadlineFile;
  private final Path stopFile;
  private final Clock clock;

  Lease(Path deadlineFile, Path stopFile, Clock clock) {
    this.deadlineFile = deadlineFile;
    this.stopFile = stopFile;
    this.clock = clock;
  }

  /** What the task should do at a step boundary. */
  enum Wish {
    GO_ON,
    /** The daemon asked for it. */
    STOP,
    /** The deadline has passed and nobody renewed it. */
    EXPIRED
  }

  Wish wish() {
    if (Files.exists(stopFile)) {
      return Wish.STOP;
    }
    return clock.instant().isAfter(deadline()) ? Wish.EXPIRED : Wish.GO_ON;
  }

  /** Whether a task should end now, for loops that only ask. */
  boolean isOver() {
    return wish() != Wish.GO_ON;
  }

  /** Looks after the deadline until it is closed. */
  interface Guard extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Looks at the deadline in the background and runs {@code end} once, when the task outlives it by
   * the grace.
   */
  Guard guard(Runnable end) {
    Thread thread = Thread.ofPlatform().daemon().name("lease-guard").start(() -> watch(end));
    return thread::interrupt;
  }

  private void watch(Runnable end) {
    while (!clock.instant().isAfter(deadline().plus(GRACE))) {
      try {
        Thread.sleep(LOOK_EVERY);
      } catch (InterruptedException closed) {
        return;
      }
    }
    // An interrupt also breaks off the reading of the file, which must not look like an end.
    if (!Thread.currentThread().isInterrupted()) {
      end.run();
    }
  }

  /** A file that cannot be read gives no right to anything. */
  private Instant deadline() {
    try {
      String text = Files.readString(deadlineFile, StandardCharsets.US_ASCII);
      return Instant.ofEpochMilli(Long.parseLong(text.strip()));
    } catch (IOException | NumberFormatException e) {
      return Instant.EPOCH;
    }
  }
}
