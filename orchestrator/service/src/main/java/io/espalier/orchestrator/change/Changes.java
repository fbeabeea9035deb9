package io.espalier.orchestrator.change;

import io.espalier.orchestrator.database.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tells subscribers of changes on this node and on the others. A subscriber runs on the thread that
 * brings the change, so it only wakes somebody up. After a lost connection everybody is woken,
 * since nobody knows what was missed.
 */
public final class Changes implements AutoCloseable {

  static final String CHANNEL = "espalier_change";

  /** PostgreSQL takes payloads below 8,000 bytes; a change has at most 38. */
  private static final int MOST_PER_NOTIFICATION = 200;

  /** After each notification: what changes meanwhile shares the next one. */
  private static final Duration PAUSE = Duration.ofMillis(10);

  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final Transactions transactions;
  private final DataSource listenSource;
  private final String node = UUID.randomUUID().toString();
  private final Map<Change, List<Runnable>> subscribers = new ConcurrentHashMap<>();
  private final List<Consumer<UUID>> subscribersOfAnyJob = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<Change> unsent = new LinkedBlockingQueue<>();
  private volatile boolean leaving;
  private @Nullable Thread notifier;
  private @Nullable Listener listener;

  /** {@code listenSource} gives the one connection that listens as long as this runs. */
  public Changes(Transactions transactions, DataSource listenSource) {
    this.transactions = transactions;
    this.listenSource = listenSource;
  }

  /** From now on changes reach other nodes and come from them. Before, they stay on this node. */
  public synchronized void start() {
    if (notifier != null) return;
    notifier = Thread.ofVirtual().name("change-notifier").start(this::sendUntilInterrupted);
    listener = new Listener(listenSource, this::received, this::wakeEverybody);
    listener.start();
  }

  @Override
  public synchronized void close() {
    if (notifier != null) notifier.interrupt();
    if (listener != null) listener.close();
    notifier = null;
    listener = null;
  }

  /**
   * While the platform stops, whoever waits for a change is woken and finds {@link #isLeaving}: it
   * answers with what there is. An interrupt instead would break the query that some of them run.
   */
  public void leaving(boolean now) {
    leaving = now;
    if (now) wakeEverybody();
  }

  /** Whether it is too late to wait for a change. */
  public boolean isLeaving() {
    return leaving;
  }

  public Subscription onJob(UUID job, Runnable wake) {
    return subscribe(new Change.OfJob(job), wake);
  }

  public Subscription onAnyJob(Consumer<UUID> wake) {
    subscribersOfAnyJob.add(wake);
    return () -> subscribersOfAnyJob.remove(wake);
  }

  public Subscription onAgent(UUID agent, Runnable wake) {
    return subscribe(new Change.OfAgent(agent), wake);
  }

  public Subscription onWork(Runnable wake) {
    return subscribe(new Change.OfWork(), wake);
  }

  /** To be called after the commit of what has changed. */
  public void announce(Change... changes) {
    announce(Arrays.asList(changes));
  }

  /** To be called after the commit of what has changed. */
  public void announce(Collection<? extends Change> changes) {
    changes.forEach(this::deliver);
    unsent.addAll(changes);
  }

  private Subscription subscribe(Change change, Runnable wake) {
    subscribers.compute(
        change,
        (_, before) -> {
          var after = before == null ? new ArrayList<Runnable>() : new ArrayList<>(before);
          after.add(wake);
          return List.copyOf(after);
        });
    return () ->
        subscribers.computeIfPresent(
            change,
            (_, before) -> {
              var after = new ArrayList<>(before);
              after.remove(wake);
              return after.isEmpty() ? null : List.copyOf(after);
            });
  }

  private void deliver(Change change) {
    subscribers.getOrDefault(change, List.of()).forEach(Changes::run);
    if (change instanceof Change.OfJob(var job)) {
      subscribersOfAnyJob.forEach(subscriber -> run(() -> subscriber.accept(job)));
    }
  }

  private void wakeEverybody() {
    subscribers.values().forEach(all -> all.forEach(Changes::run));
  }

  private void received(String payload) {
    var words = payload.split(" ");
    if (words[0].equals(node)) return;
    Arrays.stream(words).skip(1).map(Change::parse).forEach(this::deliver);
  }

  private void sendUntilInterrupted() {
    try {
      while (true) {
        send(coalesce(unsent.take()));
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<Change> coalesce(Change first) {
    var batch = new LinkedHashSet<Change>();
    batch.add(first);
    for (var next = unsent.poll(); next != null; next = unsent.poll()) {
      batch.add(next);
      if (batch.size() == MOST_PER_NOTIFICATION) break;
    }
    return batch;
  }

  private void send(Set<Change> batch) {
    var payload = new StringBuilder(node);
    batch.forEach(change -> payload.append(' ').append(change.text()));
    try {
      transactions.statementsAsPlanner(jdbc ->
          // Nobody minds if a crash takes it back: listeners of a new connection read all again.
          jdbc.sql(
                  """
                  select set_config('synchronous_commit', 'off', true), pg_notify(:channel, :payload)
                  """)
              .param("channel", CHANNEL)
              .param("payload", payload.toString())
              .query((_, _) -> true)
              .single());
    } catch (DataAccessException | TransactionException e) {
      // Polls and periodic plans find what other nodes are not told now.
      LOG.warn("Other nodes were not told of {} changes: {}", batch.size(), e.getMessage());
    }
  }

  private static void run(Runnable subscriber) {
    try {
      subscriber.run();
    } catch (RuntimeException e) {
      LOG.warn("A subscriber failed; others are told all the same", e);
    }
  }
}
