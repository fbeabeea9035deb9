package io.espalier.bench.orchestration;

import io.espalier.house.Installation;
import io.espalier.house.Started;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The real daemon with a trivial command in place of the trainer: a process that leaves a file named
 * after its job, and says that the data cannot be used. So a job is one process, and then ends.
 */
final class RealAgent implements AutoCloseable {

  /** Nothing is forked before the file is there, so that its time is that of the first line. */
  private static final String TRIVIAL =
      """
      #!/bin/sh
      read -r spec < "$1"
      job=${spec#*\\"jobId\\":\\"}
      : > "%s/${job%%%%\\"*}"
      cat >> "$2/events.jsonl" <<'E'
      {"kind":"FAILED","at":"2026-01-01T00:00:00Z","reason":"USER_ERROR","problem":{"code":"bench","category":"INVALID","thing":"bench","message":"A trivial command has run.","wayOut":"None is needed."}}
      E
      """;

  private final Path starts;
  private final Started daemon;

  private RealAgent(Path starts, Started daemon) {
    this.starts = starts;
    this.daemon = daemon;
  }

  static RealAgent start(Installation installation, Path folder, URI node, String joinToken, int slots)
      throws IOException {
    Path starts = Files.createDirectories(folder.resolve("starts"));
    Path command = folder.resolve("trivial");
    Files.writeString(command, TRIVIAL.formatted(starts));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    var words = new ArrayList<>(installation.agent());
    words.addAll(
        List.of(
            "--platform", node.toString(),
            "--state", folder.resolve("agent").toString(),
            "--join", joinToken,
            "--name", "real",
            "--devices", "cpu:" + slots,
            "--",
            command.toString()));
    var builder = new ProcessBuilder(words);
    return new RealAgent(
        starts, Started.program("the agent", builder, folder.resolve("agent.log")));
  }

  /** When the job's first instruction ran, if it has. */
  Optional<Instant> startOf(String job) throws IOException {
    Path file = starts.resolve(job);
    return Files.exists(file)
        ? Optional.of(Files.getLastModifiedTime(file).toInstant())
        : Optional.empty();
  }

  /** How many jobs have started. */
  int started() {
    String[] names = starts.toFile().list();
    return names == null ? 0 : names.length;
  }

  @Override
  public void close() throws InterruptedException {
    daemon.stop(20);
  }
}
