package io.espalier.web.localagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What tells a running daemon from another process that was given its number later.
 *
 * @param started clock ticks between the boot of the machine and the start of the process
 * @param url of the platform that it was started for
 */
record AgentMark(long pid, String started, String url) {

  // See proc_pid_stat(5): the fields after the name in parentheses begin with the third.
  private static final int START_TIME = 22 - 3;

  static AgentMark of(ProcessHandle process, String url) {
    return new AgentMark(process.pid(), startOf(process.pid()).orElse("unknown"), url);
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

  /** The process, if it still runs. */
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(_ -> startOf(pid).filter(started::equals).isPresent());
  }

  private static Optional<String> startOf(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(fields[START_TIME]);
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
  }
}
