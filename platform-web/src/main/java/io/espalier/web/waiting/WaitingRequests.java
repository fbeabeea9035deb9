package io.espalier.web.waiting;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Long polls and event streams: each has a (virtual) thread of its own and simply waits. When the
 * platform stops they are interrupted first, so that the web server need not wait for them.
 */
@Component
public class WaitingRequests implements SmartLifecycle {

  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  /** {@code work} has to end soon after an interrupt. */
  public <T> T run(Supplier<T> work) {
    waiting.add(Thread.currentThread());
    try {
      if (!running) Thread.currentThread().interrupt();
      return work.get();
    } finally {
      waiting.remove(Thread.currentThread());
      // The thread may be the server's: nothing of this request may reach the next one.
      Thread.interrupted();
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    waiting.forEach(Thread::interrupt);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
  }
}
