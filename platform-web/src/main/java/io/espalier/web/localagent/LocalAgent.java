package io.espalier.web.localagent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.Agents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Starts the real daemon as any other host would, with a join token. It is always started: one that
 * still runs from before keeps its folder, and the new one leaves at once. It outlives the
 * platform, like its trainers.
 */
@Component
@EnableConfigurationProperties(LocalAgentSettings.class)
class LocalAgent {

  private static final Logger log = LoggerFactory.getLogger(LocalAgent.class);

  private final LocalAgentSettings settings;
  private final Agents agents;

  LocalAgent(LocalAgentSettings settings, Agents agents) {
    this.settings = settings;
    this.agents = agents;
  }

  @EventListener
  void start(ApplicationReadyEvent event) throws IOException {
    if (settings.command().isEmpty()) return;
    if (!(event.getApplicationContext() instanceof ServletWebServerApplicationContext web)) return;
    var server = web.getWebServer();
    if (server == null) return;
    var folder = Files.createDirectories(settings.folder());
    var token = writeJoinToken(folder);
    var process =
        new ProcessBuilder(command("http://127.0.0.1:" + server.getPort(), folder, token))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("agent.log").toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    log.info(
        "Agent of this machine: process {}, log {}", process.pid(), folder.resolve("agent.log"));
  }

  /** In a session of its own, so that Ctrl-C at the platform's terminal does not reach it. */
  private List<String> command(String url, Path folder, Path token) {
    var command = new ArrayList<>(List.of("setsid"));
    command.addAll(settings.command());
    command.addAll(
        List.of(
            "--platform",
            url,
            "--state",
            folder.toString(),
            "--join-token-file",
            token.toString(),
            "--name",
            "local"));
    return command;
  }

  private Path writeJoinToken(Path folder) throws IOException {
    var file = folder.resolve("join-token");
    Files.deleteIfExists(file);
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    try (var channel =
        FileChannel.open(
            file,
            Set.of(CREATE, WRITE, TRUNCATE_EXISTING),
            PosixFilePermissions.asFileAttribute(ownerOnly))) {
      channel.write(ByteBuffer.wrap(agents.joinToken(Principal.platform()).getBytes(UTF_8)));
    }
    return file;
  }
}
