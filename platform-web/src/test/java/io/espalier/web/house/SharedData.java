package io.espalier.web.house;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data, which are not part of the checkout: {@code ../shared}, or {@code ESPALIER_SHARED}. */
final class SharedData {

  private SharedData() {}

  /** Without the file a check does not run, except in CI, where it fails. */
  static Path file(String name) {
    var given = System.getenv("ESPALIER_SHARED");
    var shared = given == null ? House.ROOT.resolveSibling("shared") : Path.of(given);
    var file = shared.resolve("data").resolve(name);
    if (!Files.exists(file) && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI needs the shared data, and there is no " + file);
    }
    Assumptions.assumeTrue(
        Files.exists(file), "not run: there is no " + name + " in the shared data");
    return file;
  }
}
