package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ops/demo --once}, as a new user runs it: its last line and its exit code. */
class DemoIT {

  @TempDir Path folder;

  private record Run(int exit, JsonNode summary, String text) {}

  @Test
  void theBareDefaultEndsWithAModelThatReloads() throws Exception {
    var run = demo();

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.summary().path("state").asString()).isEqualTo("SUCCEEDED");
    assertThat(run.summary().path("after").asDouble())
        .isGreaterThan(3 * run.summary().path("chance").asDouble());
    assertThat(run.summary().path("reload_max_diff").asDouble()).isLessThanOrEqualTo(1e-4);
    assertThat(run.summary().path("spent_gpu_s").asDouble()).isPositive();
  }

  @Test
  void aBudgetThatIsTooSmallIsRefusedByNameAndCostsNothing() throws Exception {
    var run = demo("--gpu-hours", "0.0001");

    assertThat(run.exit()).isNotZero();
    assertThat(run.text()).contains("budget cap of the job").contains("0.4 GPU-s");
    assertThat(run.summary().path("state").asString()).isEqualTo("REFUSED");
    assertThat(run.summary().path("spent_gpu_s").asDouble()).isZero();
  }

  @Test
  void choosesByItselfOnClothes() throws Exception {
    var run = demo("--data", real("fashion-mnist-6k.zip"));

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.summary().path("after").asDouble()).as(run.text()).isGreaterThanOrEqualTo(0.80);
  }

  @Test
  void choosesByItselfOnFlowers() throws Exception {
    var run = demo("--data", real("flowers5-64-png.zip"));

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.summary().path("after").asDouble()).as(run.text()).isGreaterThanOrEqualTo(0.45);
  }

  @ParameterizedTest
  @CsvSource({"trec6, 0.75", "ag-news, 0.80", "sms-spam, 0.95"})
  void choosesByItselfOnTexts(String name, double least) throws Exception {
    var train = real(name + "-train.csv");
    var run = demo("--data", train, "--test", real(name + "-test.csv"));

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.summary().path("after").asDouble()).as(run.text()).isGreaterThanOrEqualTo(least);
  }

  /** A file of the shared data; without it the check does not run, except in CI, where it fails. */
  private static String real(String name) {
    var given = System.getenv("ESPALIER_SHARED");
    var shared = given == null ? House.ROOT.resolveSibling("shared") : Path.of(given);
    var file = shared.resolve("data").resolve(name);
    if (!Files.exists(file) && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI needs the shared data, and there is no " + file);
    }
    Assumptions.assumeTrue(
        Files.exists(file), "not run: there is no " + name + " in the shared data");
    return file.toString();
  }

  private Run demo(String... options) throws Exception {
    var command = new ArrayList<>(List.of(House.ROOT.resolve("ops/demo").toString(), "--once"));
    command.addAll(List.of(options));
    var log = folder.resolve("demo.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("ESPALIER_OPS_BUILD", "skip");
    var process = builder.start();
    assertThat(process.waitFor(20, TimeUnit.MINUTES)).as("ops/demo ends").isTrue();
    var text = Files.readString(log);
    var last = text.lines().filter(line -> line.startsWith("{")).reduce((_, line) -> line);
    assertThat(last).as(text).isPresent();
    return new Run(process.exitValue(), JsonMapper.shared().readTree(last.get()), text);
  }
}
