package io.espalier.orchestrator.schedule;

import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.change.Subscription;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans as soon as there is something to plan, on one thread. It is also the watchdog of the
 * metronome: when nobody has woken it for three periods, it plans all the same.
 */
public final class PlanLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PlanLoop.class);

  private static final Duration AFTER_BUSY = Duration.ofMillis(50);

  private final Planning planning;
  private final Reaper reaper;
  private final Changes changes;
  private final Duration watchdog;
  private final Semaphore wake = new Semaphore(0);
  private final Pace pace = new Pace();
  private @Nullable Subscription subscription;
  private @Nullable Thread thread;

  public PlanLoop(Planning planning, Reaper reaper, Changes changes, Duration planPeriod) {
    this.planning = planning;
    this.reaper = reaper;
    this.changes = changes;
    this.watchdog = planPeriod.multipliedBy(3);
  }

  public synchronized void start() {
    if (thread != null) return;
    subscription = changes.onWork(wake::release);
    thread = Thread.ofPlatform().daemon().name("planner").start(this::run);
  }

  /** Plans soon, on the loop's own thread. */
  public void wake() {
    wake.release();
  }

  @Override
  public synchronized void close() {
    if (subscription != null) subscription.close();
    if (thread != null) thread.interrupt();
    subscription = null;
    thread = null;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        boolean woken = wake.tryAcquire(watchdog.toMillis(), TimeUnit.MILLISECONDS);
        if (!woken) LOG.debug("Nobody asked for a plan in {}; planning all the same", watchdog);
        wake.drainPermits();
        plan();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void plan() throws InterruptedException {
    try {
      reaper.look();
      long began = System.nanoTime();
      switch (planning.tick()) {
        case Planning.Tick.Planned planned -> {
          long ended = System.nanoTime();
          LOG.debug("Planned in {} ms: {}", (ended - began) / 1_000_000, planned);
          // A burst of news is one plan's work.
          TimeUnit.NANOSECONDS.sleep(pace.rest(began, ended, planned.granted() > 0));
          if (planned.again()) wake.release();
        }
        case Planning.Tick.Busy() -> {
          // What woke us may have come too late for the other node's snapshot.
          Thread.sleep(AFTER_BUSY);
          wake.release();
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("A plan failed; the next one starts from what is stored", e);
    }
  }
}
