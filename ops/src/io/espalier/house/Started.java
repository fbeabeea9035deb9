package io.espalier.house;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that this one has started: its console is kept in a file and can be waited on. */
public final class Started {

  // What still runs when this program is told to end, ends with it.
  private static final Set<Process> ALL = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ALL.forEach(Process::destroyForcibly)));
  }

  private final String name;
  private final Process process;
  private final Path log;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Started(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  public static Started program(String name, ProcessBuilder command, Path log) throws IOException {
    Process process = command.redirectErrorStream(true).start();
    ALL.add(process);
    process.onExit().thenAccept(ALL::remove);
    var started = new Started(name, process, log);
    Thread.ofPlatform().daemon().name(name + " console").start(started::keepConsole);
    return started;
  }

  private void keepConsole() {
    try (BufferedReader console = process.inputReader()) {
      for (String line = console.readLine(); line != null; line = console.readLine()) {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        lines.add(line);
      }
    } catch (IOException ended) {
      // The program is gone, and its console with it.
    }
  }

  /**
   * The first group of {@code pattern} in the next line of the console that matches.
   *
   * @throws IOException if the program ends first, or the time is over
   */
  public String awaitLine(Pattern pattern, int seconds) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      String line = lines.poll(200, TimeUnit.MILLISECONDS);
      if (line == null && !process.isAlive()) {
        throw new IOException(name + " ended with code " + process.exitValue() + tail());
      }
      if (line == null) continue;
      Matcher found = pattern.matcher(line);
      if (found.find()) return found.group(1);
    }
    throw new IOException(name + " did not get ready within " + seconds + " s" + tail());
  }

  private String tail() throws IOException {
    if (Files.notExists(log)) return "; it printed nothing.";
    List<String> all = Files.readAllLines(log);
    List<String> last = all.subList(Math.max(0, all.size() - 20), all.size());
    return "; its last words (all of them in " + log + "):\n  " + String.join("\n  ", last);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it as a loss of power would, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** {@code name} such as STOP or CONT. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", name, Long.toString(pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Asks it to end, and makes it end after a while. */
  public void stop(int seconds) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
  }

  /** Waits for its end, and gives its exit code unless that takes too long. */
  public Optional<Integer> exit(int seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }
}
