package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Rest;
import io.espalier.web.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/**
 * A whole Espalier on a folder and a port of its own: the packaged platform as a process, which
 * starts the real agent, which starts real trainers. Closing it ends all of them.
 */
public final class House implements AutoCloseable {

  public static final Path ROOT = root();

  private static final Pattern CODE = Pattern.compile("one-time code: (\\S+)");
  private static final Duration START = Duration.ofMinutes(3);

  private final Path folder;
  private final int port;
  private final Map<String, String> settings;
  private final Optional<Disk> disk;
  private final List<Host> hosts = new ArrayList<>();
  private Optional<Process> platform = Optional.empty();

  public House() {
    this(Map.of());
  }

  /** {@code settings} are variables of the platform's environment, beside those of every house. */
  public House(Map<String, String> settings) {
    this(settings, 0);
  }

  /** A house whose data folder is a file system of its own and has so many bytes. */
  static House onDiskOf(long bytes, Map<String, String> settings) {
    return new House(settings, bytes);
  }

  private House(Map<String, String> settings, long diskBytes) {
    this.settings = settings;
    try {
      folder = Files.createTempDirectory("espalier-house");
      disk = diskBytes == 0 ? Optional.empty() : Optional.of(new Disk(home(), diskBytes));
      // What is mounted there would hide them.
      if (disk.isEmpty()) TestHome.keepBinaries(home().resolve("database"));
      port = freePort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  public Rest rest() {
    return Rest.anonymous(port);
  }

  /** Starts the platform and waits until it says that it is ready, and answers. */
  public void open() {
    long starts = starts();
    var program = List.of(ROOT.resolve("ops/platform").toString());
    var command =
        new ProcessBuilder(disk.map(small -> small.mountedFor(program)).orElse(program))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()));
    command
        .environment()
        .putAll(
            Map.ofEntries(
                Map.entry("ESPALIER_OPS_BUILD", "skip"),
                Map.entry("ESPALIER_PLATFORM_OPTS", "-Xmx512m"),
                Map.entry("ESPALIER_HOME", home().toString()),
                Map.entry("ESPALIER_PORT", Integer.toString(port)),
                Map.entry("ESPALIER_PASSWORD_COST", "4"),
                Map.entry(
                    "ESPALIER_STARTERS",
                    ROOT.resolve("gpu-agent/trainer/src/main/starter").toString()),
                Map.entry("ESPALIER_AGENT_COMMAND", String.join(" ", agent())),
                Map.entry("ESPALIER_AGENT_DEVICES", "cpu"),
                Map.entry("ESPALIER_TRAINER_COMMAND", ROOT.resolve("ops/trainer") + " run")));
    command.environment().putAll(settings);
    try {
      var process = command.start();
      platform = Optional.of(process);
      await(
          "the platform to answer",
          START,
          () -> {
            assertThat(process.isAlive()).as(lastWords()).isTrue();
            // It answers a little before, and may still find that it cannot start.
            return starts() > starts ? answers() : Optional.empty();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The code that creates the first admin. */
  public String setupCode() {
    return await(
        "the one-time code",
        Duration.ofSeconds(20),
        () -> CODE.matcher(read(console())).results().map(found -> found.group(1)).findFirst());
  }

  /** Ends the platform as a loss of power would. */
  public void killPlatform() {
    kill(platform.orElseThrow().toHandle());
  }

  /** Ends the platform as an operator would. */
  public void closePlatform() {
    end(platform.orElseThrow());
  }

  /** Ends the database server of the platform as a loss of power would. */
  public void killDatabase() {
    var file = home().resolve("database/data/postmaster.pid");
    var pid = Long.parseLong(read(file).lines().findFirst().orElseThrow().strip());
    kill(ProcessHandle.of(pid).orElseThrow());
  }

  /** The agent that the platform itself keeps running. */
  public Host localHost() {
    return new Host(home().resolve("agent"));
  }

  /** The data folder as it can be reached from here: others do not see what is mounted on it. */
  public Path visibleHome() {
    return disk.map(small -> small.visibleFrom(platform.orElseThrow())).orElse(home());
  }

  /** Another host, on which nothing runs yet; all that will run there ends with the house. */
  public Host host(String name) {
    var host = new Host(folder.resolve("hosts").resolve(name).resolve("state"));
    hosts.add(host);
    return host;
  }

  /** What the platform printed, over all its lives. */
  public String lastWords() {
    var text = read(console());
    return text.substring(Math.max(0, text.length() - 3000));
  }

  /**
   * Images to train on, drawn for this house: so many in each of eight classes; the fewer, the
   * shorter a training.
   */
  public Path drawnImages(int perClass) {
    var zip = folder.resolve("drawn.zip");
    var trainer = ROOT.resolve("ops/trainer").toString();
    run(List.of(trainer, "draw-demo", zip.toString(), "--train", Integer.toString(perClass)));
    return zip;
  }

  /** Asks again and again; the message of a failure names what was waited for. */
  public static <T> T await(String what, Duration atMost, Supplier<Optional<T>> question) {
    var end = Instant.now().plus(atMost);
    while (Instant.now().isBefore(end)) {
      var answer = question.get();
      if (answer.isPresent()) return answer.get();
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("Waited " + atMost + " in vain for " + what);
  }

  @Override
  public void close() throws IOException {
    platform.ifPresent(House::end);
    var all = new ArrayList<>(hosts);
    all.add(localHost());
    for (var host : all) {
      if (!Files.isDirectory(host.state())) continue;
      var stop = new ArrayList<>(agent());
      stop.addAll(List.of("stop", "--state", host.state().toString()));
      run(stop);
    }
    if (disk.isPresent()) endAllOnDisk();
    FileSystemUtils.deleteRecursively(folder);
  }

  /** What runs there cannot be asked from here, since its files cannot be reached any more. */
  private void endAllOnDisk() {
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(home().toString()))
        .forEach(House::kill);
  }

  private Path home() {
    return folder.resolve("home");
  }

  private Path console() {
    return folder.resolve("platform.log");
  }

  /** How often a platform of this house got ready. */
  private long starts() {
    return read(console()).lines().filter(line -> line.startsWith("Espalier is ready")).count();
  }

  private Optional<JsonNode> answers() {
    try {
      var answer = rest().get("/api/v1/me");
      return answer.status() == 401 ? Optional.of(answer.json()) : Optional.empty();
    } catch (UncheckedIOException notYet) {
      return Optional.empty();
    }
  }

  private void run(List<String> command) {
    var log = folder.resolve("command.log").toFile();
    try {
      var process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(command + " ends").isTrue();
      assertThat(process.exitValue()).as(command + ": " + read(log.toPath())).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** KILL, and waits until it is gone; a dead one that nobody waits for is gone as well. */
  static void kill(ProcessHandle process) {
    process.destroyForcibly();
    await(
        "the end of " + process.pid(),
        Duration.ofSeconds(20),
        () -> Optional.of(process.pid()).filter(pid -> !isRunning(pid)));
  }

  static boolean isRunning(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException gone) {
      return false;
    }
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) kill(process.toHandle());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill(process.toHandle());
    }
  }

  private static List<String> agent() {
    return List.of(java(), "-Xmx128m", "-jar", jar("gpu-agent/daemon/target", "agent"));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String jar(String in, String name) {
    try (var files = Files.list(ROOT.resolve(in))) {
      return files
          .filter(file -> file.getFileName().toString().matches(name + "-.*\\.jar"))
          .findFirst()
          .map(Path::toString)
          .orElseThrow(() ->
              new AssertionError("there is no " + in + "/" + name + "-*.jar: package it first"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path root() {
    var folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) folder = folder.getParent();
    return folder;
  }
}
