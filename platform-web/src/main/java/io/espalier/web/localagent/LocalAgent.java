package io.espalier.web.localagent;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.web.database.Database;
import io.espalier.web.installation.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Keeps one daemon running on this machine as long as the platform runs. */
@Component
@EnableConfigurationProperties(LocalAgentSettings.class)
class LocalAgent {

  private static final Logger log = LoggerFactory.getLogger(LocalAgent.class);

  /** The daemon's exit code for "another one has this state folder". */
  private static final int ALREADY_RUNNING = 3;

  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
  private static final Duration LASTED = Duration.ofSeconds(10);

  private final LocalAgentSettings settings;
  private final Installation installation;
  private final Database database;
  private final Agents agents;
  private @Nullable Thread keeper;

  LocalAgent(
      LocalAgentSettings settings, Installation installation, Database database, Agents agents) {
    this.settings = settings;
    this.installation = installation;
    this.database = database;
    this.agents = agents;
  }

  /** A production platform on the operator's database has agents of the operator's. */
  @EventListener(ApplicationReadyEvent.class)
  synchronized void start() {
    if (settings.isOff() || !database.isEmbedded()) return;
    var command = command();
    if (command.isEmpty()) {
      log.warn("No local agent: set ESPALIER_AGENT_COMMAND, or build gpu-agent/daemon");
      return;
    }
    keeper = Thread.ofVirtual().name("local-agent").start(() -> keepRunning(command));
  }

  /** The daemon stays: what it trains goes on, and the next platform finds it. */
  @EventListener(ContextClosedEvent.class)
  synchronized void stop() {
    if (keeper != null) keeper.interrupt();
  }

  private List<String> command() {
    if (!settings.command().isEmpty()) return settings.command();
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return installation
        .agentJar()
        .map(jar -> List.of(java, "-Xmx256m", "-jar", jar.toString()))
        .orElse(List.of());
  }

  private void keepRunning(List<String> command) {
    try {
      awaitEarlierOne();
      var pause = FIRST_PAUSE;
      while (true) {
        long began = System.nanoTime();
        if (runOnce(command) == ALREADY_RUNNING) {
          log.info("A local agent runs already in {}", state());
          return;
        }
        boolean lasted = System.nanoTime() - began > LASTED.toNanos();
        pause = lasted ? FIRST_PAUSE : pause;
        Thread.sleep(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the platform stops
    } catch (IOException e) {
      log.error("The local agent cannot be kept", e);
    }
  }

  /** Its exit code; -1 if it could not be started, for want of disk or database perhaps. */
  private int runOnce(List<String> command) throws InterruptedException {
    try {
      int code = launch(command).waitFor();
      if (code != ALREADY_RUNNING) {
        log.warn("The local agent ended with code {}; see {}", code, output());
      }
      return code;
    } catch (IOException | RuntimeException e) {
      log.warn("The local agent could not be started and is tried again: {}", e.getMessage());
      return -1;
    }
  }

  /**
   * A daemon that an earlier platform has started goes on, and this returns when it has ended. One
   * that calls another address is replaced; its trainers go on and are found by the new one.
   */
  private void awaitEarlierOne() throws IOException, InterruptedException {
    var earlier = AgentMark.read(markFile()).filter(AgentMark::isRunning);
    if (earlier.isEmpty()) return;
    var daemon = earlier.get();
    if (!daemon.url().equals(installation.url())) {
      log.info("The local agent {} calls {}; it is replaced", daemon.pid(), daemon.url());
      daemon.stop();
      var end = System.nanoTime() + STOP_LIMIT.toNanos();
      while (daemon.isRunning() && System.nanoTime() < end) TimeUnit.MILLISECONDS.sleep(50);
      return;
    }
    log.info("The local agent {} of an earlier run goes on", daemon.pid());
    // No child of this platform, so its end can only be watched.
    while (daemon.isRunning()) TimeUnit.SECONDS.sleep(2);
    log.warn("The local agent {} has ended", daemon.pid());
  }

  private Process launch(List<String> command) throws IOException {
    var token = settings.home().resolve("agent-join-token");
    writePrivate(token, agents.joinToken(Principal.platform()));
    var whole = new ArrayList<String>();
    // A session of its own: Ctrl-C in the platform's terminal is not meant for it.
    whole.add("setsid");
    whole.addAll(command);
    whole.addAll(
        List.of(
            "--platform", installation.url(),
            "--state", state().toString(),
            "--join-file", token.toString()));
    var builder =
        new ProcessBuilder(whole)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
    // It may use the platform, never its database.
    builder.environment().keySet().removeIf(name -> name.startsWith("ESPALIER_DB_"));
    var process = builder.start();
    AgentMark.of(process.toHandle(), installation.url()).write(markFile());
    log.info("The local agent {} is started; it writes to {}", process.pid(), output());
    return process;
  }

  private static void writePrivate(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    Files.writeString(file, text + "\n");
  }

  private Path state() {
    return settings.home().toAbsolutePath().resolve("agent");
  }

  private Path output() {
    return settings.home().resolve("agent.log");
  }

  private Path markFile() {
    return settings.home().resolve("agent.pid");
  }
}
