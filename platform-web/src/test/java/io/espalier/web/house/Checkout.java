package io.espalier.web.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What this checkout has built: the packaged platform, the daemon and the trainer. */
public final class Checkout {

  private static final Path ROOT = root();

  public static Path platformJar() {
    return only(ROOT.resolve("platform-web/target"), "web-*.jar");
  }

  public static Path agentJar() {
    return only(ROOT.resolve("gpu-agent/daemon/target"), "agent-*.jar");
  }

  /** The trainer's command line: {@code run SPEC_FILE WORK_FOLDER}, {@code draw-demo OUT.zip} … */
  public static Path trainer() {
    only(ROOT.resolve("gpu-agent/trainer/target"), "trainer-*.jar");
    return ROOT.resolve("ops/trainer");
  }

  /** Drawn pictograms in eight classes, as an image folder zip. */
  public static Path drawDataset(Path zip, int trainPerClass, int testPerClass) {
    run(
        trainer().toString(),
        "draw-demo",
        zip.toString(),
        "--train=" + trainPerClass,
        "--test=" + testPerClass);
    return zip;
  }

  /** Runs a program to its end; fails with what it printed. */
  static void run(String... command) {
    try {
      var output = Files.createTempFile("espalier-house", ".log");
      var process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(2, TimeUnit.MINUTES);
      if (!ended) process.destroyForcibly();
      var said = Files.readString(output);
      Files.delete(output);
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed:\n" + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path only(Path folder, String pattern) {
    try (var files = Files.newDirectoryStream(folder, pattern)) {
      for (var file : files) return file;
    } catch (IOException e) {
      throw notBuilt(folder, pattern, e);
    }
    throw notBuilt(folder, pattern, null);
  }

  private static AssertionError notBuilt(Path folder, String pattern, IOException cause) {
    return new AssertionError(
        "There is no %s in %s. Build the whole house first: ./mvnw package -DskipTests"
            .formatted(pattern, folder),
        cause);
  }

  private static Path root() {
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("mvnw"))) return at;
    }
    throw new AssertionError("Run this inside the checkout");
  }

  private Checkout() {}
}
