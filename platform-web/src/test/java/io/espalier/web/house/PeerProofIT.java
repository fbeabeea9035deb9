package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a job has exported, loaded by Hugging Face's own libraries: the logits are ours. It runs
 * where {@code PEER_PYTHON} names an interpreter that has torch, transformers and peft, since the
 * build installs no Python.
 */
class PeerProofIT {

  @TempDir Path folder;

  @Test
  void transformersAndPeftMakeTheSameLogitsOfAModelAndItsAdapter() throws Exception {
    var python = System.getenv("PEER_PYTHON");
    Assumptions.assumeTrue(
        python != null, "not run: PEER_PYTHON names no Python with torch, transformers and peft");
    var exported = exportOfALoraJob();
    var data = folder.resolve("drawn.zip").toString();
    run(List.of(House.ROOT.resolve("ops/trainer").toString(), "draw-demo", data));

    var model = exported.resolve("merged_model/exports/model").toString();
    compare(python, List.of(), model, data);

    var base = House.ROOT.resolve("gpu-agent/trainer/src/main/starter/vit").toString();
    var adapter = exported.resolve("adapter/exports/adapter");
    var version = run(List.of(python, "-c", "import transformers as t; print(t.__version__)"));
    // Modules have other names since transformers 5; the adapter is there in both spellings.
    if (!version.strip().startsWith("4.")) adapter = adapter.resolve("transformers5");
    compare(python, List.of("--adapter", adapter.toString()), base, data);
  }

  /** The folder of a job's artifacts, as {@code ops/demo} has downloaded them. */
  private Path exportOfALoraJob() throws Exception {
    var said =
        run(List.of(House.ROOT.resolve("ops/demo").toString(), "--once", "--protocol", "lora"));
    var line = said.lines().filter(text -> text.startsWith("{")).reduce((_, last) -> last);
    assertThat(JsonMapper.shared().readTree(line.orElseThrow()).path("state").asString())
        .as(said)
        .isEqualTo("SUCCEEDED");
    var job = said.replaceAll("(?s).*/jobs/([0-9a-f-]{36}).*", "$1");
    return House.ROOT.resolve("target/demo").resolve(job);
  }

  private void compare(String python, List<String> adapter, String model, String data)
      throws Exception {
    var predict =
        new ArrayList<>(
            List.of(House.ROOT.resolve("ops/trainer").toString(), "predict", model, data));
    predict.addAll(adapter);
    var logits = Files.writeString(folder.resolve("logits.jsonl"), run(predict));
    var script = House.ROOT.resolve("ops/python/compare_export.py").toString();
    var compare = new ArrayList<>(List.of(python, script, model, data, logits.toString()));
    compare.addAll(adapter);
    assertThat(run(compare)).contains("160 samples, transformers");
  }

  /** What a command prints; it has to succeed. */
  private String run(List<String> command) throws IOException, InterruptedException {
    var output = folder.resolve("output.txt").toFile();
    var errors = folder.resolve("errors.txt");
    var builder = new ProcessBuilder(command).redirectOutput(output).redirectError(errors.toFile());
    builder.environment().put("ESPALIER_OPS_BUILD", "skip");
    var process = builder.start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(command + " ends").isTrue();
    var said = Files.readString(output.toPath());
    assertThat(process.exitValue()).as(command + ": " + said + Files.readString(errors)).isZero();
    return said;
  }
}
