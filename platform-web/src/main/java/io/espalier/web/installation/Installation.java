package io.espalier.web.installation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Finds what belongs to this installation. In an installed folder {@code agent} and {@code starter}
 * lie beside the platform's jar; in a checkout everything lies where Maven builds it.
 */
@Component
public class Installation {

  private volatile int port;

  @EventListener
  void listening(WebServerInitializedEvent event) {
    port = event.getWebServer().getPort();
  }

  /** How programs on this machine reach the platform; known from the moment it listens. */
  public String url() {
    if (port == 0) throw new IllegalStateException("The platform does not listen yet");
    return "http://127.0.0.1:" + port;
  }

  /** The daemon's jar, if it was installed or built. */
  public Optional<Path> agentJar() {
    return firstFolder("agent", "../../gpu-agent/daemon/target")
        .flatMap(folder -> firstFile(folder, "agent-*.jar"));
  }

  /** The folder whose sub-folders are the base models that are shipped. */
  public Optional<Path> starters() {
    return firstFolder("starter", "../../gpu-agent/trainer/src/main/starter");
  }

  private static Optional<Path> firstFolder(String... candidates) {
    var source = new ApplicationHome(Installation.class).getSource();
    var here =
        source == null
            ? Path.of("").toAbsolutePath()
            : source.toPath().toAbsolutePath().getParent();
    if (here == null) return Optional.empty();
    return List.of(candidates).stream()
        .map(candidate -> here.resolve(candidate).normalize())
        .filter(Files::isDirectory)
        .findFirst();
  }

  private static Optional<Path> firstFile(Path folder, String pattern) {
    try (var files = Files.newDirectoryStream(folder, pattern)) {
      var found = files.iterator();
      return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + folder, e);
    }
  }
}
