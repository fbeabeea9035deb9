package io.espalier.house;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** One platform, on a port and a data folder that outlive it. */
public final class Node implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("Espalier is ready at (\\S+)");
  private static final Pattern CODE = Pattern.compile("one-time code: (\\S+)");
  private static final int START_SECONDS = 180;

  private final String name;
  private final Installation installation;
  private final Path home;
  private final int port;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private Optional<Started> process = Optional.empty();

  /** {@code settings} are variables of the platform's environment. */
  public Node(
      String name, Installation installation, Path folder, int port, Map<String, String> settings) {
    this.name = name;
    this.installation = installation;
    this.home = folder.resolve(name);
    this.port = port;
    this.settings.putAll(
        Map.of(
            "ESPALIER_HOME", home.toString(),
            "ESPALIER_PORT", Integer.toString(port),
            "ESPALIER_BLOBS", folder.resolve("blobs").toString(),
            "ESPALIER_STARTERS", installation.starters().toString(),
            "ESPALIER_LOCAL_AGENT", "off"));
    this.settings.putAll(settings);
  }

  public String name() {
    return name;
  }

  public int port() {
    return port;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public Path log() {
    return home.resolve("platform.log");
  }

  /** Starts it; {@link #awaitReady} waits until it answers. */
  public void start() throws IOException {
    Files.createDirectories(home);
    var command = installation.ops("platform");
    command.environment().putAll(settings);
    process = Optional.of(Started.program("the platform " + name, command, log()));
  }

  public void awaitReady() throws IOException, InterruptedException {
    running().awaitLine(READY, START_SECONDS);
  }

  /** The code that makes the first user; printed by the first start. */
  public String setUpCode() throws IOException, InterruptedException {
    return running().awaitLine(CODE, 10);
  }

  public boolean isRunning() {
    return process.isPresent() && process.get().isAlive();
  }

  public long pid() {
    return running().pid();
  }

  /** Memory that it has in use, in bytes. */
  public long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    }
    throw new IOException("the platform " + name + " does not run");
  }

  /** Stops it where it is, until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    running().signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    running().signal("CONT");
  }

  /** Waits until it answers, however often it was started. */
  public void awaitAnswer() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < end) {
      try {
        new Rest(url()).get("me");
      } catch (Rest.Refusal refused) {
        if (refused.status == 401) return;
      } catch (IOException notYet) {
        // It starts.
      }
      Thread.sleep(200);
    }
    throw new IOException("the platform " + name + " does not answer");
  }

  public long cpuMillis() {
    return CpuTime.of(pid());
  }

  /** Ends it as a loss of power would. */
  public void kill() throws InterruptedException {
    running().kill();
  }

  /** Ends it as an operator would. */
  @Override
  public void close() throws InterruptedException {
    if (process.isPresent()) process.get().stop(30);
  }

  private Started running() {
    return process.orElseThrow(() -> new IllegalStateException(name + " was never started"));
  }
}
