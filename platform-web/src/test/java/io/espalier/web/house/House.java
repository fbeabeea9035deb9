package io.espalier.web.house;

import io.espalier.web.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;

/**
 * The packaged platform as a process on a data folder of its own, with the real local agent and the
 * real trainer. Closing it ends all that it started.
 */
public final class House implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("Espalier is ready at (http://\\S+)");
  private static final Pattern CODE = Pattern.compile("one-time code: (\\S+)");

  private final Path home;
  private final Map<String, String> environment = new HashMap<>();
  private Process platform;
  private int starts;
  private URI url;

  /**
   * @param home data folder of the platform, fresh or of an earlier house
   */
  public House(Path home) {
    this.home = home.toAbsolutePath();
    environment.put("ESPALIER_HOME", this.home.toString());
    environment.put("ESPALIER_PORT", "0");
    environment.put("ESPALIER_TRAINER_COMMAND", Checkout.trainer() + " run");
    environment.put("ESPALIER_AGENT_DEVICES", "cpu");
  }

  /** Sets a variable of the platform's environment, for the starts to come. */
  public House with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Starts the platform and waits until it is ready. A later start has the same address. */
  public House start() {
    if (platform != null && platform.isAlive()) {
      throw new IllegalStateException("The platform runs already");
    }
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(java, "-Xmx512m", "-jar", Checkout.platformJar().toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("ESPALIER_"));
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(home);
      starts++;
      platform = builder.redirectErrorStream(true).redirectOutput(console().toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException("The platform cannot be started", e);
    }
    url = URI.create(await(READY));
    environment.put("ESPALIER_PORT", Integer.toString(url.getPort()));
    return this;
  }

  /** Asks the platform to stop, as an operator does. Agent and trainer go on. */
  public House stop() {
    platform.destroy();
    awaitEnd();
    return this;
  }

  /** {@code kill -9} of the platform. Agent and trainer go on. */
  public House kill() {
    platform.destroyForcibly();
    awaitEnd();
    return this;
  }

  public House restart() {
    return stop().start();
  }

  public URI url() {
    return url;
  }

  public Path home() {
    return home;
  }

  /** What the platform of the last start has printed. */
  public Path console() {
    return home.resolveSibling(home.getFileName() + "-console-" + starts + ".log");
  }

  /** The code for the first admin, as it stands on the console. */
  public String oneTimeCode() {
    return await(CODE);
  }

  /** A client that has not signed in. */
  public Rest rest() {
    return Rest.anonymous(url.getPort());
  }

  /** Makes the first admin by REST. */
  public RestUser admin() {
    var answer =
        rest()
            .post(
                "/api/v1/setup",
                Map.of(
                    "code", oneTimeCode(),
                    "login", "ann",
                    "name", "Ann Example",
                    "password", "correct horse battery"));
    if (answer.status() != 201) throw new AssertionError("Set-up was refused: " + answer);
    return new RestUser(rest().bearing(answer.json().at("/token/token").asString()));
  }

  /** The daemon of this house, if it runs. */
  public Optional<ProcessHandle> agent() {
    return ProcessHandle.allProcesses()
        .filter(process -> isOfThisHouse(process, "--state " + home.resolve("agent")))
        .filter(process -> commandLine(process).contains("-jar"))
        .findFirst();
  }

  /** The process that trains now, if any does. */
  public Optional<ProcessHandle> trainer() {
    return ProcessHandle.allProcesses()
        .filter(process -> isOfThisHouse(process, home.resolve("agent").toString()))
        .filter(process -> commandLine(process).contains("io.espalier.trainer.Main run"))
        .findFirst();
  }

  /** {@code kill -9} of a trainer; waits until it is gone. */
  public static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().orTimeout(STOP.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    if (platform != null && platform.isAlive()) stop();
    if (agent().isPresent()) {
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      Checkout.run(
          java,
          "-jar",
          Checkout.agentJar().toString(),
          "stop",
          "--state",
          home.resolve("agent").toString());
    }
    try {
      FileSystemUtils.deleteRecursively(home);
    } catch (IOException e) {
      throw new UncheckedIOException("The data folder stays: " + home, e);
    }
  }

  private static boolean isOfThisHouse(ProcessHandle process, String part) {
    return commandLine(process).contains(part);
  }

  private static String commandLine(ProcessHandle process) {
    try {
      var line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
      return line.replace('\0', ' ');
    } catch (IOException _) {
      return ""; // it has ended meanwhile, or is another user's
    }
  }

  private void awaitEnd() {
    try {
      if (!platform.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        platform.destroyForcibly();
        throw new AssertionError("The platform did not stop within " + STOP + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the pattern's group matches on the console, as soon as it does. */
  private String await(Pattern pattern) {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      try {
        var match = pattern.matcher(Files.readString(console()));
        if (match.find()) return match.group(1);
        if (!platform.isAlive()) throw new AssertionError("The platform has ended" + said());
        Thread.sleep(100);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("The platform did not say " + pattern + " within " + START + said());
  }

  private String said() {
    try {
      return ". It said:\n" + Files.readString(console());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
