package io.espalier.web.live;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.server.Command;
import io.espalier.orchestrator.change.Subscription;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Refreshes a component after changes, for as long as it is on a page. Changes come in bursts, on
 * threads that must not wait: many of them make one refresh, and two refreshes keep a distance.
 */
public final class Live {

  private final Semaphore changes = new Semaphore(0);
  private final Duration distance;
  private final Command refresh;

  private Live(Duration distance, Command refresh) {
    this.distance = distance;
    this.refresh = refresh;
  }

  /**
   * @param subscribe takes what is to be run at each change
   * @param distance between the end of a refresh and the next one
   * @param refresh runs with the session's lock, as the user of the page
   */
  public static void keep(
      Component component,
      Function<Runnable, Subscription> subscribe,
      Duration distance,
      Command refresh) {
    component.addAttachListener(attached -> {
      var live = new Live(distance, refresh);
      var ui = attached.getUI();
      var subscription = subscribe.apply(live.changes::release);
      var thread = Thread.ofVirtual().name("live-page").start(() -> live.run(ui));
      component.addDetachListener(detached -> {
        detached.unregisterListener();
        subscription.close();
        thread.interrupt();
      });
    });
  }

  /** A change at each {@code period}, for what changes without anybody telling. */
  public static Function<Runnable, Subscription> every(Duration period) {
    return wake -> {
      var clock =
          Thread.ofVirtual()
              .name("live-clock")
              .start(() -> {
                try {
                  while (true) {
                    Thread.sleep(period);
                    wake.run();
                  }
                } catch (InterruptedException _) {
                  // The page has gone.
                }
              });
      return clock::interrupt;
    };
  }

  private void run(UI ui) {
    try {
      while (true) {
        changes.acquire();
        changes.drainPermits();
        var _ = ui.access(refresh);
        Thread.sleep(distance);
      }
    } catch (InterruptedException | UIDetachedException _) {
      // The page has gone.
    }
  }
}
