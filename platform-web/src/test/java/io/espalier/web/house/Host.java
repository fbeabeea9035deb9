package io.espalier.web.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A GPU host of a house, which is a state folder and what runs on it: a daemon and its trainers.
 *
 * @param state folder of the daemon
 */
public record Host(Path state) {

  private static final Duration SOON = Duration.ofSeconds(60);

  /**
   * Runs the command that the platform has printed, as an admin would on the host. A host that has
   * joined needs no new token to start again.
   */
  public void run(String name, String command) {
    try {
      Files.createDirectories(state);
      var start =
          new ProcessBuilder("setsid", "sh", "-c", "exec " + command)
              .directory(House.ROOT.toFile())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(state.resolveSibling("agent.log").toFile()));
      start
          .environment()
          .putAll(
              Map.of(
                  "ESPALIER_AGENT_STATE",
                  state.toString(),
                  "ESPALIER_AGENT_NAME",
                  name,
                  "ESPALIER_AGENT_DEVICES",
                  "cpu"));
      start.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the daemon as a loss of power would, but for its trainers. */
  public void killDaemon() {
    House.kill(House.await("a daemon on " + state, SOON, this::daemon));
  }

  /** Ends the trainer that runs now as a loss of power would. */
  public void killTrainer() {
    House.kill(awaitTrainer());
  }

  public ProcessHandle awaitTrainer() {
    return House.await("a trainer on " + state, SOON, () -> trainers().findFirst());
  }

  public List<Long> trainerIds() {
    return trainers().map(ProcessHandle::pid).toList();
  }

  private Stream<ProcessHandle> trainers() {
    return ProcessHandle.allProcesses()
        .filter(process -> {
          var line = process.info().commandLine().orElse("");
          return line.contains("io.espalier.trainer.Main") && line.contains(state.toString());
        });
  }

  /** The first line of the mark is the host's start, the second the process's own in /proc. */
  private Optional<ProcessHandle> daemon() {
    try {
      var mark = state.resolve("daemon");
      if (!Files.exists(mark)) return Optional.empty();
      var stat = Files.readAllLines(mark).getLast();
      return ProcessHandle.of(Long.parseLong(stat.substring(0, stat.indexOf(' '))))
          .filter(process -> House.isRunning(process.pid()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
