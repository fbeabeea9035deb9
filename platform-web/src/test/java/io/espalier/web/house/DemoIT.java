package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  void choosesByItselfOnTablesOfTexts() throws Exception {
    var train = SharedData.file("trec6-train.csv").toString();
    var run = demo("--data", train, "--test", SharedData.file("trec6-test.csv").toString());

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.summary().path("after").asDouble()).as(run.text()).isGreaterThanOrEqualTo(0.75);
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
