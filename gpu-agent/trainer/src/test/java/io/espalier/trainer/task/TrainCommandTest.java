package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.weights.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

  /** Each with half of every batch; one process with halves of it draws the same masks. */
  @Test
  void twoProcessesTrainTheModelThatOneTrains() throws IOException {
    var options =
        ("--steps 12 --batch 16 --rate 0.003 --augmentation none --head random"
                + " --eval-steps 4 --schedule cosine --warmup 2")
            .split(" ");
    var alone = root.resolve("alone");
    var together = root.resolve("together");

    var one = train(fixture.model(), alone, with(options, "--micro-batch", "8"));
    var two = train(fixture.model(), together, with(options, "--replicas", "2"));

    assertThat(one.exit()).as(one.text()).isZero();
    assertThat(two.exit()).as(two.text()).isZero();
    assertThat(two.json().path("after").asDouble()).isEqualTo(one.json().path("after").asDouble());
    try (var arena = Arena.ofConfined()) {
      var expected = Safetensors.open(alone.resolve("model/model.safetensors"), arena);
      var found = Safetensors.open(together.resolve("model/model.safetensors"), arena);
      for (var name : expected.names())
        assertThat(found.tensor(name).floats())
            .as(name)
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(expected.tensor(name).floats());
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "17"})
  void refusesMoreProcessesThanABatchHasSamples(String replicas) {
    var told = train(fixture.model(), root.resolve("out"), "--batch", "16", "--replicas", replicas);
    assertThat(told.exit()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(told.text()).contains("at most the 16 samples of a step");
  }

  @Test
  void goesOnFromAnAdapterAndFromAModel() throws IOException {
    var first = root.resolve("first");
    var lora = "--protocol LORA --rank 2 --steps 20 --batch 16 --rate 0.01".split(" ");
    assertThat(train(fixture.model(), first, lora).exit()).isZero();

    var more = root.resolve("more");
    var told =
        train(
            fixture.model(),
            more,
            with(lora, "--continue-from", first.resolve("adapter").toString()));
    assertThat(told.exit()).as(told.text()).isZero();
    assertThat(more.resolve("adapter/adapter_config.json")).isRegularFile();

    var whole = root.resolve("whole");
    var full = "--protocol FULL --steps 5 --batch 16 --rate 0.0001".split(" ");
    for (var from : List.of(first.resolve("adapter"), first.resolve("model"))) {
      var target = whole.resolveSibling(from.getFileName() + "-whole");
      var end = train(fixture.model(), target, with(full, "--continue-from", from.toString()));
      assertThat(end.exit()).as(end.text()).isZero();
      assertThat(end.json().path("before").asDouble()).as(from.toString()).isGreaterThan(0.6);
      assertThat(end.json().path("reload_max_diff").asDouble()).isLessThan(1e-4);
    }
    var nothing =
        train(
            fixture.model(),
            root.resolve("nothing"),
            with(full, "--continue-from", root.toString()));
    assertThat(nothing.exit()).isNotZero();
  }

  @ParameterizedTest
  @CsvSource({
    "--protocol FROM_SCRATCH --label-smoothing 0.1",
    "--protocol FULL --head probe --optimizer sgd --rate 0.05 --patience 2",
    "--protocol LAYER_WISE --gradient-rates 2 --schedule constant",
    "--protocol LORA --target-modules query,value --rslora --precision bf16 --recompute",
  })
  void trainsWithEveryKindOfSettings(String options) throws IOException {
    var told =
        train(
            fixture.model(),
            root.resolve("out"),
            with(options.split(" "), "--steps", "6", "--batch", "16"));
    assertThat(told.exit()).as(told.text()).isZero();
    assertThat(told.json().path("reload_max_diff").asDouble()).as(told.text()).isLessThan(1e-4);
  }

  private static String[] with(String[] options, String... more) {
    return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
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
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(text))
            .setErr(new PrintWriter(text))
            .execute(arguments.toArray(String[]::new));
    return new Told(exit, text.toString());
  }
}
