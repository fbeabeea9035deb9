package io.espalier.chaos;

import io.espalier.house.Installation;
import io.espalier.house.Started;
import io.espalier.house.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A GPU host: a daemon, its trainers, its disk, its clock, and the wire to the platform. */
final class GpuHost implements AutoCloseable {

  private static final int SLOTS = 2;

  final String name;
  final TcpProxy wire;
  private final Installation installation;
  private final Path state;
  private final List<String> trainer;
  private final boolean ownDisk;
  private Duration clockOffset = Duration.ZERO;
  private Optional<Started> daemon = Optional.empty();

  /**
   * @param diskBytes size of a file system in memory for its state, where this user may mount one
   */
  GpuHost(
      String name,
      Installation installation,
      Path folder,
      TcpProxy wire,
      List<String> trainer,
      long diskBytes)
      throws IOException, InterruptedException {
    this.name = name;
    this.installation = installation;
    this.wire = wire;
    this.trainer = trainer;
    this.state = Files.createDirectories(folder.resolve(name)).resolve("state");
    Files.createDirectories(state);
    this.ownDisk = diskBytes > 0 && mount(diskBytes);
  }

  private boolean mount(long bytes) throws IOException, InterruptedException {
    return new ProcessBuilder(
                "mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", state.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  boolean hasOwnDisk() {
    return ownDisk;
  }

  /** A host that has joined needs no token. */
  synchronized void start(Optional<String> joinToken) throws IOException {
    var words = new ArrayList<>(installation.agent());
    words.addAll(
        List.of(
            "--platform", "http://127.0.0.1:" + wire.port(),
            "--state", state.toString(),
            "--name", name,
            "--devices", "cpu:" + SLOTS));
    joinToken.ifPresent(token -> words.addAll(List.of("--join", token)));
    words.add("--");
    words.addAll(trainer);
    var command = new ProcessBuilder(words);
    command.environment().put("ESPALIER_CLOCK_OFFSET", clockOffset.toString());
    daemon =
        Optional.of(
            Started.program(
                "the daemon of " + name, command, state.resolveSibling("daemon.log")));
  }

  synchronized boolean isRunning() {
    return daemon.isPresent() && daemon.get().isAlive();
  }

  synchronized void killDaemon() throws InterruptedException {
    if (daemon.isPresent()) daemon.get().kill();
  }

  /** All of its trainers end as in a loss of power. */
  int killTrainers() {
    var trainers = trainers();
    trainers.forEach(ProcessHandle::destroyForcibly);
    return trainers.size();
  }

  /** The host loses power and comes back with a clock that is off. */
  synchronized void reboot(Duration offset) throws IOException, InterruptedException {
    killDaemon();
    killTrainers();
    clockOffset = offset;
    start(Optional.empty());
  }

  void freezeDaemon() throws IOException, InterruptedException {
    signal("STOP", daemonIds());
  }

  void freezeTrainers() throws IOException, InterruptedException {
    signal("STOP", trainers().stream().map(ProcessHandle::pid).toList());
  }

  /** Everything that was frozen goes on. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT", daemonIds());
    signal("CONT", trainers().stream().map(ProcessHandle::pid).toList());
  }

  /** Takes every byte that its disk has left. */
  void fillDisk() throws IOException {
    for (int piece = 1 << 20; piece > 0; piece /= 16) {
      try {
        while (true) {
          Files.write(
              filler(), new byte[piece], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
      } catch (IOException full) {
        // A smaller piece may still find room.
      }
    }
  }

  void clearDisk() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return state.resolve("filler");
  }

  private synchronized List<Long> daemonIds() {
    return isRunning() ? List.of(daemon.orElseThrow().pid()) : List.of();
  }

  private List<ProcessHandle> trainers() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(process -> isTrainer(process)).toList();
    }
  }

  private boolean isTrainer(ProcessHandle process) {
    // The daemon names its state folder too; only trainers name a folder below it.
    return process
        .info()
        .commandLine()
        .filter(line -> line.contains(state + "/leases/"))
        .isPresent();
  }

  private static void signal(String name, List<Long> ids) throws IOException, InterruptedException {
    for (long id : ids) {
      new ProcessBuilder("kill", "-s", name, Long.toString(id))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    thaw();
    synchronized (this) {
      if (daemon.isPresent()) daemon.get().stop(20);
    }
    killTrainers();
    wire.close();
    if (ownDisk) {
      Files.deleteIfExists(filler());
      for (int attempts = 0; attempts < 20 && unmount() != 0; attempts++) Thread.sleep(250);
    }
  }

  private int unmount() throws IOException, InterruptedException {
    return new ProcessBuilder("umount", state.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
