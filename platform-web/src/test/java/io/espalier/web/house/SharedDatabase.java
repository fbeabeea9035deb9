package io.espalier.web.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;

/** {@code ops/database}: a PostgreSQL for several houses, and a folder for their contents. */
final class SharedDatabase implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("The database is ready: (.+)");

  private final Path folder;
  private final Process process;
  private final Path variables;

  SharedDatabase() throws IOException {
    folder = Files.createTempDirectory("espalier-database");
    var console = folder.resolve("console.log");
    var command =
        new ProcessBuilder(House.ROOT.resolve("ops/database").toString())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile());
    command.environment().put("ESPALIER_HOME", folder.toString());
    process = command.start();
    variables =
        Path.of(
            House.await(
                "the database",
                Duration.ofMinutes(1),
                () ->
                    READY
                        .matcher(House.read(console))
                        .results()
                        .map(found -> found.group(1))
                        .findFirst()));
  }

  /** What each of the platforms is told. */
  Map<String, String> settings() throws IOException {
    var settings = new HashMap<String, String>();
    for (var line : Files.readAllLines(variables)) {
      var parts = line.split("=", 2);
      settings.put(parts[0], parts[1]);
    }
    settings.put("ESPALIER_BLOBS", folder.resolve("blobs").toString());
    settings.put("ESPALIER_HEARTBEAT", "1s");
    return settings;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    House.await(
        "the end of the database",
        Duration.ofMinutes(1),
        () -> process.isAlive() ? Optional.empty() : Optional.of(process));
    FileSystemUtils.deleteRecursively(folder);
  }
}
