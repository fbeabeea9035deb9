package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainCommandTest {

  /** Batch norms everywhere, and no fixed size. */
  private static final String RESNET =
      """
      {"model_type": "resnet", "architectures": ["ResNetForImageClassification"],
       "embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic",
       "id2label": {"0": "a", "1": "b"}}
      """;

  private static final String CIFAR_RESNET =
      """
      {"architecture": "resnet8 (He et al. CIFAR variant, option A shortcuts)",
       "blocks_per_stage": 1, "widths": [8, 16], "num_classes": 10, "input": [3, 16, 16],
       "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}
      """;

  @TempDir private Path root;
  private TaskFixture fixture;

  private record Told(int exit, String text) {
    JsonNode json() {
      return new JsonMapper().readTree(text);
    }
  }

  @BeforeEach
  void writeInputs() throws IOException {
    fixture = new TaskFixture(root);
  }

  @ParameterizedTest
  @CsvSource({"FULL", "LINEAR_PROBE", "PARTIAL"})
  void aNetworkWithBatchNormsGivesTheSameWhenItIsLoadedAgain(String protocol) throws IOException {
    var model = Files.createDirectory(root.resolve("resnet"));
    TaskFixture.writeModel(model, RESNET);
    var target = root.resolve("out");

    var told =
        train(
            model,
            target,
            "--protocol",
            protocol,
            "--side",
            "32",
            "--steps",
            "40",
            "--rate",
            "0.01",
            "--batch",
            "16");

    assertThat(told.exit()).as(told.text()).isZero();
    assertThat(told.json().path("after").asDouble()).as(told.text()).isGreaterThan(0.9);
    assertThat(told.json().path("reload_max_diff").asDouble()).isLessThan(1e-4);
    assertThat(target.resolve("model/model.safetensors")).isRegularFile();
    assertThat(target.resolve("model/preprocessor_config.json")).content().contains("32");
  }

  @Test
  void aModelThatIsNotOfHuggingFaceKeepsItsOwnConfiguration() throws IOException {
    var model = Files.createDirectory(root.resolve("cifar"));
    TaskFixture.writeModel(model, CIFAR_RESNET);
    var target = root.resolve("out");

    var told = train(model, target, "--steps", "30", "--rate", "0.01", "--batch", "16");

    assertThat(told.exit()).as(told.text()).isZero();
    assertThat(told.json().path("after").asDouble()).as(told.text()).isGreaterThan(0.9);
    var config = new JsonMapper().readTree(target.resolve("model/config.json"));
    assertThat(config.path("num_classes").asInt()).isEqualTo(3);
    assertThat(config.path("classes").valueStream().map(JsonNode::asString))
        .containsExactlyElementsOf(TaskFixture.CLASSES.stream().sorted().toList());
  }

  @Test
  void whatIsThereIsNeverOverwritten() throws IOException {
    var target = Files.createDirectory(root.resolve("out"));

    var told = train(fixture.model(), target);

    assertThat(told.exit()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(target).isEmptyDirectory();
  }

  private Told train(Path model, Path target, String... options) {
    var arguments =
        new ArrayList<>(
            List.of(model.toString(), fixture.dataset().toString(), target.toString(), "--json"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--threads", "1"));
    var text = new StringWriter();
    int exit =
        new CommandLine(new TrainCommand())
            .setOut(new PrintWriter(text))
            .setErr(new PrintWriter(text))
            .execute(arguments.toArray(String[]::new));
    return new Told(exit, text.toString());
  }
}
