package io.espalier.orchestrator.change;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that listens, opened again whenever it breaks. */
final class Listener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final DataSource source;
  private final Consumer<String> received;
  private final Runnable connected;
  private volatile boolean closed;
  private @Nullable Thread thread;

  /** {@code connected} runs after every (re)connection: what came before it was not heard. */
  Listener(DataSource source, Consumer<String> received, Runnable connected) {
    this.source = source;
    this.received = received;
    this.connected = connected;
  }

  void start() {
    thread = Thread.ofPlatform().daemon().name("change-listener").start(this::run);
  }

  @Override
  public void close() {
    closed = true;
    if (thread != null) thread.interrupt();
  }

  private void run() {
    while (!closed) {
      try (var connection = source.getConnection()) {
        listen(connection);
      } catch (SQLException e) {
        if (closed) return;
        LOG.warn("Listening for changes broke off and is tried again: {}", e.getMessage());
        pause();
      }
    }
  }

  private void listen(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    try (var statement = connection.createStatement()) {
      statement.execute("listen " + Changes.CHANNEL);
    }
    connected.run();
    var postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      for (var notification : postgres.getNotifications((int) POLL.toMillis())) {
        received.accept(notification.getParameter());
      }
    }
    try (var statement = connection.createStatement()) {
      statement.execute("unlisten *");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
