package io.espalier.web.waiting;

import io.espalier.orchestrator.change.Changes;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Long polls and event streams: each has a (virtual) thread of its own and waits for a change. When
 * the platform stops they are answered first, so that the web server need not wait for them.
 */
@Component
class WaitingRequests implements SmartLifecycle {

  private final Changes changes;
  private volatile boolean running;

  WaitingRequests(Changes changes) {
    this.changes = changes;
  }

  @Override
  public void start() {
    changes.leaving(false);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    changes.leaving(true);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stopped before the web server is: higher phases stop first. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
  }
}
