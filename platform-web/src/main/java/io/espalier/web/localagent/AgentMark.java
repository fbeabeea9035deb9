package io.espalier.web.localagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What tells a running daemon from another process that was given its number later.
 *
 * @param started clock ticks between the boot of the machine and the start of the process
 * @param url of the platform that it was started for
 */
record AgentMark(long pid, String started, String url) {

  // See proc_pid_stat(5): the fields after the name in parentheses begin with the third.
  private static final int START_TIME = 22 - 3;
  private static final Set<String> DEAD = Set.of("Z", "X");

  static AgentMark of(ProcessHandle process, String url) {
    var started = stat(process.pid()).map(fields -> fields.get(START_TIME));
    return new AgentMark(process.pid(), started.orElse("unknown"), url);
  }

  static Optional<AgentMark> read(Path file) throws IOException {
    if (!Files.exists(file)) return Optional.empty();
    List<String> lines = Files.readAllLines(file);
    if (lines.size() != 3 || !lines.getFirst().matches("\\d{1,18}")) return Optional.empty();
    return Optional.of(new AgentMark(Long.parseLong(lines.get(0)), lines.get(1), lines.get(2)));
  }

  void write(Path file) throws IOException {
    var partial = file.resolveSibling(file.getFileName() + ".new");
    Files.write(partial, List.of(Long.toString(pid), started, url));
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Whether it still runs. One that has ended and was never waited for does not, although Java says
   * so: its parent, an earlier platform, is gone, and in many containers nobody inherits.
   */
  boolean isRunning() {
    return stat(pid)
        .filter(fields -> fields.get(START_TIME).equals(started))
        .filter(fields -> !DEAD.contains(fields.getFirst()))
        .isPresent();
  }

  /** Asks it to end. */
  void stop() {
    if (isRunning()) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
  }

  /** What the kernel says of a process after its name: the state first. */
  private static Optional<List<String>> stat(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return Optional.of(List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)));
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
  }
}
