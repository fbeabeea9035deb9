package io.espalier.web.localagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Platform;
import io.espalier.web.TestHome;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Platforms that start and stop in turn on one data folder, and what becomes of their agent. */
class LocalAgentTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path home;

  @AfterEach
  void endTheAgent() throws IOException {
    if (mark().isRunning())
      ProcessHandle.of(mark().pid()).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void theAgentOutlivesThePlatformAndTheNextOneFindsIt() throws Exception {
    int port = freePort();
    AgentMark first;
    try (var _ = platform(port)) {
      first = awaitMark();
      assertThat(told())
          .containsSubsequence("--platform", "http://127.0.0.1:" + port)
          .containsSubsequence("--state", home.resolve("agent").toString())
          .containsSubsequence("--join-file", home.resolve("agent-join-token").toString());
      assertThat(Files.readString(home.resolve("agent-environment")))
          .doesNotContain("ESPALIER_DB_");
    }
    assertThat(first.isRunning()).isTrue();

    try (var _ = platform(port)) {
      TimeUnit.SECONDS.sleep(3);
      assertThat(mark()).isEqualTo(first);
      assertThat(first.isRunning()).isTrue();
    }

    // At another address the agent would call nobody.
    try (var _ = platform(freePort())) {
      var end = System.nanoTime() + SOON.toNanos();
      while (first.isRunning() && System.nanoTime() < end) TimeUnit.MILLISECONDS.sleep(50);
      assertThat(first.isRunning()).isFalse();
      var second = awaitMarkOtherThan(first);
      assertThat(second.isRunning()).isTrue();
      assertThat(second.url()).isNotEqualTo(first.url());
    }
  }

  @Test
  void aProcessThatWasGivenTheNumberLaterIsNotTheAgent() {
    var self = AgentMark.of(ProcessHandle.current(), "http://127.0.0.1:1");
    assertThat(self.isRunning()).isTrue();

    var earlier = new AgentMark(self.pid(), "1", self.url());
    assertThat(earlier.isRunning()).isFalse();
  }

  /**
   * In a container whose first process inherits nobody, an agent that has ended stays like this.
   */
  @Test
  void oneThatHasEndedAndWasNeverWaitedForDoesNotRun() throws Exception {
    // The child ends only once its parent is a program that waits for nobody.
    var waits = "while grep -q '^sh$' /proc/$$/comm; do :; done & echo $!; exec sleep 60";
    var parent = new ProcessBuilder("sh", "-c", waits).start();
    try {
      long child = Long.parseLong(parent.inputReader().readLine());
      var stat = Path.of("/proc/" + child + "/stat");
      while (!Files.readString(stat).contains(") Z ")) TimeUnit.MILLISECONDS.sleep(10);
      var ended = AgentMark.of(ProcessHandle.of(child).orElseThrow(), "http://127.0.0.1:1");
      assertThat(ended.isRunning()).isFalse();
    } finally {
      parent.destroyForcibly();
    }
  }

  /** A platform that has said it is ready; closing it asks it to stop, as systemd would. */
  private record Running(Process process) implements AutoCloseable {

    @Override
    public void close() {
      process.destroy();
      process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  private Running platform(int port) throws IOException {
    // It only has to live; what the real daemon does is tested with it.
    var agent = home.resolve("agent.sh");
    Files.writeString(
        agent,
        """
        env > '%1$s/agent-environment'
        echo "$@" > '%1$s/agent-arguments'
        exec sleep 600
        """
            .formatted(home));
    TestHome.keepBinaries(home.resolve("database"));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                Platform.class.getName(),
                "--vaadin.productionMode=true")
            .redirectErrorStream(true);
    builder.environment().put("ESPALIER_HOME", home.toString());
    builder.environment().put("ESPALIER_PORT", Integer.toString(port));
    builder.environment().put("ESPALIER_AGENT_COMMAND", "sh " + agent);
    builder.environment().put("ESPALIER_DB_OWNER_PASSWORD", "not for agents");
    var process = builder.start();
    var said = new StringBuilder();
    var console = new BufferedReader(process.inputReader());
    for (var line = console.readLine(); line != null; line = console.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("Espalier is ready")) {
        Thread.ofVirtual().start(() -> console.lines().forEach(_ -> {})); // it must not block
        return new Running(process);
      }
    }
    throw new AssertionError("The platform did not start:\n" + said);
  }

  private List<String> told() throws Exception {
    var file = home.resolve("agent-arguments");
    var end = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < end && (!Files.exists(file) || Files.size(file) == 0)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return List.of(Files.readString(file).strip().split(" ", -1));
  }

  private AgentMark awaitMark() throws Exception {
    return awaitMarkOtherThan(new AgentMark(0, "", ""));
  }

  private AgentMark awaitMarkOtherThan(AgentMark other) throws Exception {
    var end = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < end) {
      var mark = AgentMark.read(home.resolve("agent.pid"));
      if (mark.isPresent() && !mark.get().equals(other)) return mark.get();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("No agent was started");
  }

  private AgentMark mark() throws IOException {
    return AgentMark.read(home.resolve("agent.pid")).orElse(new AgentMark(0, "", ""));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
