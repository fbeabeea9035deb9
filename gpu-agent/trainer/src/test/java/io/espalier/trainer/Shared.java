package io.espalier.trainer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Published data sets and weights, which lie beside the checkout where they exist. */
public final class Shared {

  private Shared() {}

  /** Skips the test where it is missing, and fails it in continuous integration. */
  public static Path folder(String name) {
    var named =
        Optional.ofNullable(System.getProperty("ESPALIER_SHARED"))
            .or(() -> Optional.ofNullable(System.getenv("ESPALIER_SHARED")))
            .orElse("../../../shared");
    var folder = Path.of(named).resolve(name).toAbsolutePath().normalize();
    boolean there = Files.isDirectory(folder);
    if (!there && "true".equals(System.getenv("CI")))
      throw new IllegalStateException("CI needs the shared data: " + folder + " is missing");
    assumeTrue(there, folder + " is missing; set ESPALIER_SHARED");
    return folder;
  }
}
