package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults on real processes, as an operator runs them: twenty in CI, a few elsewhere; more need only
 * a larger number.
 */
class RandomFaultsIT {

  private static final int FAULTS = "true".equals(System.getenv("CI")) ? 20 : 6;

  @TempDir Path folder;

  @Test
  void faultsLoseDoubleAndMispostNothing() throws Exception {
    var output = folder.resolve("output.txt");
    var builder =
        new ProcessBuilder(
                House.ROOT.resolve("ops/chaos").toString(),
                "--faults",
                Integer.toString(FAULTS),
                "--run",
                folder.resolve("run").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("ESPALIER_OPS_BUILD", "skip");
    var process = builder.start();
    assertThat(process.waitFor(15, TimeUnit.MINUTES)).isTrue();
    var said = Files.readString(output);
    assertThat(said.lines().toList().getLast())
        .as(said)
        .isEqualTo(FAULTS + " faults, 0 violations");
    assertThat(process.exitValue()).as(said).isZero();
  }
}
