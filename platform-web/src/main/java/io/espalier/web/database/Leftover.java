package io.espalier.web.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that still runs on our data because its platform was killed and, with it, whoever should
 * have stopped it. It has no watchdog any more, so it is stopped rather than adopted.
 */
final class Leftover {

  private static final Logger log = LoggerFactory.getLogger(Leftover.class);
  private static final Duration FAST_SHUTDOWN = Duration.ofSeconds(30);

  private Leftover() {}

  /** Afterwards nobody uses {@code data}; the caller holds the folder's lock. */
  static void stop(Path data) throws IOException, InterruptedException {
    var pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) return;
    var server = serverOn(data, pidFile);
    if (server.isPresent()) {
      log.info("Stopping the database server {} of an earlier run", server.get().pid());
      signal("INT", server.get());
      if (!isGone(server.get(), FAST_SHUTDOWN)) {
        signal("QUIT", server.get());
        isGone(server.get(), FAST_SHUTDOWN);
      }
    }
    // Its number may belong to another process by now, and PostgreSQL would then refuse to start.
    Files.deleteIfExists(pidFile);
  }

  private static Optional<ProcessHandle> serverOn(Path data, Path pidFile) throws IOException {
    var lines = Files.readAllLines(pidFile);
    if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,18}")) return Optional.empty();
    return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
        .filter(process -> worksIn(data, process));
  }

  /** PostgreSQL's working directory is its data. */
  private static boolean worksIn(Path data, ProcessHandle process) {
    try {
      var directory = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
      return directory.equals(data.toRealPath());
    } catch (IOException e) {
      return false; // gone, or somebody else's
    }
  }

  // Java knows TERM and KILL only: the first waits for clients, the second leaves shared memory.
  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static boolean isGone(ProcessHandle process, Duration limit) throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    while (process.isAlive() && System.nanoTime() < end) TimeUnit.MILLISECONDS.sleep(20);
    return !process.isAlive();
  }
}
