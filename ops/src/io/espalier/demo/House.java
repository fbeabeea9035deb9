package io.espalier.demo;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.espalier.house.Started;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything of Espalier that runs on this machine for the demo: a platform on its embedded
 * database, and the agent that the platform starts, in a folder of their own.
 */
final class House {

  private static final Pattern READY = Pattern.compile("Espalier is ready at (\\S+)");
  private static final Pattern CODE = Pattern.compile("one-time code: (\\S+)");
  private static final int START_SECONDS = 120;
  private static final String STARTERS = "gpu-agent/trainer/src/main/starter";

  private final Path root;
  private final Path folder;
  private Optional<Started> platform = Optional.empty();

  /**
   * @param root of the checkout
   * @param folder that did not exist before; it goes with the house
   */
  House(Path root, Path folder) {
    this.root = root;
    this.folder = folder;
  }

  /** Where the platform listens, and the code that makes its first user. */
  record Opened(URI url, String code) {}

  Opened open() throws IOException, InterruptedException {
    Path home = folder.resolve("home");
    var command = new ProcessBuilder(root.resolve("ops/platform").toString());
    command.environment().put("ESPALIER_OPS_BUILD", "skip");
    command.environment().put("ESPALIER_PLATFORM_OPTS", "-XX:TieredStopAtLevel=1 -Xmx512m");
    command.environment().put("ESPALIER_HOME", home.toString());
    command.environment().put("ESPALIER_PORT", "0");
    command.environment().put("ESPALIER_STARTERS", root.resolve(STARTERS).toString());
    command.environment().put("ESPALIER_AGENT_COMMAND", String.join(" ", agent()));
    // The engine that is built here runs on the processor.
    command.environment().put("ESPALIER_AGENT_DEVICES", "cpu");
    command.environment().put("ESPALIER_TRAINER_COMMAND", root.resolve("ops/trainer") + " run");
    Started started = Started.program("the platform", command, log("platform"));
    platform = Optional.of(started);
    URI url = URI.create(started.awaitLine(READY, START_SECONDS));
    return new Opened(url, started.awaitLine(CODE, 10));
  }

  /** Where what the programs printed is kept when the house is gone. */
  private Path log(String name) throws IOException {
    Path logs = Files.createDirectories(root.resolve("target/demo"));
    Path log = logs.resolve(name + ".log");
    Files.deleteIfExists(log);
    return log;
  }

  /** Other images than the starter has been trained on. */
  Path drawnImages() throws IOException, InterruptedException {
    Path zip = folder.resolve("drawn.zip");
    var drawing =
        new ProcessBuilder(root.resolve("ops/trainer").toString(), "draw-demo", zip.toString());
    Path log = log("drawing");
    Started started = Started.program("ops/trainer draw-demo", drawing, log);
    if (started.exit(120).orElse(-1) != 0) {
      throw new IOException("ops/trainer draw-demo failed: " + Files.readString(log));
    }
    return zip;
  }

  /** A file of the demo's own, beside the platform's. */
  Path scratch(String name) {
    return folder.resolve(name);
  }

  /** Stops all that runs, and deletes the folder. */
  void close() throws IOException, InterruptedException {
    // The platform first: it keeps its agent running. The agent and its trainers would survive it.
    if (platform.isPresent()) platform.get().stop(30);
    Path state = folder.resolve("home").resolve("agent");
    if (Files.isDirectory(state)) {
      var stop = new ArrayList<>(agent());
      stop.addAll(List.of("stop", "--state", state.toString()));
      new ProcessBuilder(stop)
          .redirectErrorStream(true)
          .redirectOutput(log("agent-stop").toFile())
          .start()
          .waitFor();
    }
    Path agentLog = folder.resolve("home").resolve("agent.log");
    if (Files.exists(agentLog)) Files.copy(agentLog, log("agent"), REPLACE_EXISTING);
    delete(folder);
  }

  private List<String> agent() throws IOException {
    return List.of(java(), "-Xmx128m", "-jar", jar("gpu-agent/daemon/target", "agent").toString());
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private Path jar(String in, String name) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(in))) {
      return files
          .filter(file -> file.getFileName().toString().matches(name + "-.*\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("there is no " + in + "/" + name + "-*.jar"));
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException cause)
              throws IOException {
            if (cause != null) throw cause;
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
