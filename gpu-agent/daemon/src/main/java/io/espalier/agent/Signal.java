package io.espalier.agent;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a waiting thread; several wakes before it looks are one. */
final class Signal {

  private final Semaphore raised = new Semaphore(0);

  void raise() {
    raised.release();
  }

  /** Returns when the signal has been raised since the last time, or after {@code longest}. */
  void await(Duration longest) throws InterruptedException {
    if (raised.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) raised.drainPermits();
  }
}
