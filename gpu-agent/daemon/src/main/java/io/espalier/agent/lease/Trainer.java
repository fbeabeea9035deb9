package io.espalier.agent.lease;

import io.espalier.agent.host.Devices;
import io.espalier.agent.host.HostClock;
import io.espalier.agent.host.ProcessMark;
import io.espalier.domain.wire.TaskSpec;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A trainer's process and the group of its descendants. It has a session of its own, so neither the
 * daemon's end nor a Ctrl-C in the daemon's terminal reaches it.
 */
final class Trainer {

  /** What a trainer may know of the daemon's environment; no token and no proxy is among it. */
  private static final Set<String> INHERITED =
      Set.of(
          "PATH",
          "HOME",
          "LANG",
          "LC_ALL",
          "TMPDIR",
          "JAVA_HOME",
          "LD_LIBRARY_PATH",
          "XDG_CACHE_HOME",
          "DJL_CACHE_DIR",
          "ENGINE_CACHE_DIR",
          "PYTORCH_LIBRARY_PATH",
          "PYTORCH_FLAVOR");

  /**
   * The process writes its own mark before it becomes the trainer, and linking the mark to its name
   * succeeds once only: no trainer runs that a new daemon cannot find, and never two in one folder,
   * wherever the daemon is killed.
   */
  private static final String BECOME_TRAINER =
      """
      mark=process.$$
      %s
      ln "$mark" process || { rm -f "$mark"; echo "another trainer has this folder" >&2; exit 73; }
      rm -f "$mark"
      exec "$@"
      """
          .formatted(ProcessMark.WRITE_IN_SHELL);

  private static final long START_SECONDS = 10;

  private final ProcessMark mark;
  private final @Nullable Process child;

  private Trainer(ProcessMark mark, @Nullable Process child) {
    this.mark = mark;
    this.child = child;
  }

  /**
   * Starts {@code command SPEC_FILE WORK_FOLDER}.
   *
   * @throws IOException if no process came of it; then none is left behind
   */
  static Trainer start(List<String> command, LeaseFolder folder, TaskSpec task)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("setsid", "sh", "-c", BECOME_TRAINER, "sh"));
    words.addAll(command);
    words.add(folder.spec().toString());
    words.add(folder.path().toString());
    var builder =
        new ProcessBuilder(words)
            .directory(folder.path().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(folder.log().toFile()));
    equip(builder.environment(), task);
    Process child = builder.start();
    try {
      long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
      while (System.nanoTime() < patience) {
        Optional<ProcessMark> mark = folder.trainer();
        if (mark.isPresent()) {
          return new Trainer(mark.get(), mark.get().pid() == child.pid() ? child : null);
        }
        if (!child.isAlive()) break;
        Thread.sleep(5);
      }
    } catch (IOException | InterruptedException unseen) {
      child.destroyForcibly();
      throw unseen;
    }
    child.destroyForcibly();
    throw new IOException(
        "the trainer's process did not start: " + TrainerLog.lastWords(folder.log()));
  }

  private static void equip(Map<String, String> environment, TaskSpec task) {
    environment.keySet().retainAll(INHERITED);
    HostClock.tell(environment);
    // Threads that spin while they wait take the cores of whoever shares them.
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
    environment.put("OMP_NUM_THREADS", Integer.toString(task.threads()));
    environment.put("CUDA_VISIBLE_DEVICES", task.device().equals(Devices.CPU) ? "" : task.device());
  }

  /** The trainer that a former daemon started in this folder, dead or alive. */
  static Optional<Trainer> in(LeaseFolder folder) throws IOException {
    return folder.trainer().map(mark -> new Trainer(mark, null));
  }

  boolean isAlive() {
    return mark.isAlive();
  }

  /** Known only to the daemon that started it. */
  OptionalInt exitCode() throws InterruptedException {
    return child != null && child.waitFor(1, TimeUnit.SECONDS)
        ? OptionalInt.of(child.exitValue())
        : OptionalInt.empty();
  }

  /** Asks the process and its descendants to leave. */
  void terminate() throws IOException, InterruptedException {
    signal("TERM");
  }

  /** Removes the process and its descendants, whatever they are doing. */
  void kill() throws IOException, InterruptedException {
    signal("KILL");
  }

  /** Removes them and returns when the process is gone. */
  void killAndWait() throws IOException, InterruptedException {
    kill();
    // A process in the middle of a disk or driver call dies when that call returns.
    while (isAlive()) Thread.sleep(20);
  }

  private void signal(String name) throws IOException, InterruptedException {
    if (!mark.ownsGroup()) return;
    // Java cannot signal a group. The shell's own kill is everywhere; no such group is no error.
    new ProcessBuilder("sh", "-c", "kill -s \"$1\" -- \"-$2\"", "sh", name, "" + mark.pid())
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Override
  public String toString() {
    return "trainer process " + mark.pid();
  }
}
