package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.json.StrictJson;
import io.espalier.trainer.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks on texts, from a table and a tiny BERT to its exports. */
class TextTaskTest {

  private static final DataLayout COLUMNS = new DataLayout.TextTable("text", null, "label");

  private static final List<String> TELLING = List.of("quick", "small", "world");

  @TempDir static Path root;

  private static Path model;

  @BeforeAll
  static void writeModel() throws IOException {
    model = Files.createDirectories(root.resolve("model"));
    TaskFixture.writeModel(
        model,
        """
        {"model_type": "bert", "architectures": ["BertForSequenceClassification"],
         "vocab_size": 300, "max_position_embeddings": 16, "hidden_size": 16,
         "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
         "initializer_range": 0.2}
        """);
    var tokenizer = Golden.folder("tokenizers").resolve("bert_wordpiece");
    for (var file : List.of("tokenizer.json", "tokenizer_config.json"))
      Files.copy(tokenizer.resolve(file), model.resolve(file));
  }

  @Test
  void profileMeasuresTextsAsItDoesImages() throws IOException {
    Path folder = workFolder("profile");

    ExitCode code =
        TaskFixture.run(
            folder,
            COLUMNS,
            new TaskSpec.Profile(List.of(Protocol.LINEAR_PROBE, Protocol.FULL), 16, 1, 60_000));

    assertThat(code).isEqualTo(ExitCode.SAID_LAST_WORD);
    var profile = TaskFixture.events(folder, TrainerEvent.Profiled.class).getFirst().profile();
    assertThat(profile.classes()).containsExactly("of quick", "of small", "of world");
    assertThat(profile.trainSamples() + profile.validationSamples() + profile.testSamples())
        .isEqualTo(240);
    assertThat(profile.pretrainedProbe().mean()).isGreaterThan(profile.chance());
    assertThat(profile.secondsPerStep()).containsOnlyKeys(Protocol.FULL);
    assertThat(profile.warnings()).anyMatch(warning -> warning.contains("beyond 16 tokens"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"LINEAR_PROBE", "LORA", "LAYER_WISE", "FULL", "FROM_SCRATCH"})
  void trainsEvaluatesAndProvesItsExports(Protocol protocol) throws IOException {
    var settings = TaskFixture.training(protocol, 60);
    Path training = workFolder("train-" + protocol);
    assertThat(TaskFixture.run(training, COLUMNS, new TaskSpec.Train(settings)))
        .isEqualTo(ExitCode.SAID_LAST_WORD);
    var trained = TaskFixture.events(training, TrainerEvent.Trained.class).getFirst();
    Path evaluation = workFolder("evaluate-" + protocol);
    TaskFixture.handOver(training, trained.files(), evaluation.resolve("inputs/trained"));

    assertThat(TaskFixture.run(evaluation, COLUMNS, new TaskSpec.Evaluate(settings, "words")))
        .isEqualTo(ExitCode.SAID_LAST_WORD);

    var result = TaskFixture.events(evaluation, TrainerEvent.Evaluated.class).getFirst();
    assertThat(result.after()).isGreaterThan(0.8).isGreaterThan(result.before());
    assertThat(result.reloadMaxDifference()).isLessThan(1e-4);
    assertThat(result.samplesToShow().getFirst().name()).startsWith("data.csv:");
    Path exported = evaluation.resolve("exports/model");
    assertThat(exported.resolve("tokenizer.json"))
        .hasSameBinaryContentAs(model.resolve("tokenizer.json"));
    assertThat(exported.resolve("README.md")).content().contains("BertForSequenceClassification");
    Path adapter = evaluation.resolve("exports/adapter");
    assertThat(Files.exists(adapter)).isEqualTo(protocol == Protocol.LORA);
    if (protocol == Protocol.LORA) {
      var config = StrictJson.object(adapter.resolve("adapter_config.json"));
      assertThat(config.get("task_type").asString()).isEqualTo("SEQ_CLS");
      assertThat(adapter.resolve("transformers5")).doesNotExist();
    }
  }

  @Test
  void aModelOfTextsRefusesImages() throws IOException {
    Path folder = workFolder("images");

    ExitCode code =
        TaskFixture.run(
            folder,
            new DataLayout.ImageFolder(),
            new TaskSpec.Train(TaskFixture.training(Protocol.FULL, 5)));

    assertThat(code).isEqualTo(ExitCode.USER_ERROR);
    var failed = (TrainerEvent.Failed) TaskFixture.events(folder).getLast();
    assertThat(failed.problem().code()).isEqualTo("model-and-data-differ");
  }

  @Test
  void aModelOfImagesRefusesTexts() throws IOException {
    var images = new TaskFixture(Files.createDirectories(root.resolve("images-fixture")));
    Path folder = images.workFolder("texts");

    TaskFixture.run(folder, COLUMNS, new TaskSpec.Train(TaskFixture.training(Protocol.FULL, 5)));

    var failed = (TrainerEvent.Failed) TaskFixture.events(folder).getLast();
    assertThat(failed.problem().code()).isEqualTo("model-and-data-differ");
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() throws IOException {
    Path folder = workFolder("other-tokenizer");
    Path config = folder.resolve("inputs/model/tokenizer.json");
    Files.writeString(
        config, Files.readString(config).replaceAll("\"world\": \\d+", "\"world\": 5000"));

    TaskFixture.run(folder, COLUMNS, new TaskSpec.Train(TaskFixture.training(Protocol.FULL, 5)));

    var failed = (TrainerEvent.Failed) TaskFixture.events(folder).getLast();
    assertThat(failed.problem().code()).isEqualTo("tokenizer-does-not-fit");
    assertThat(failed.problem().value()).contains("5000");
  }

  /**
   * Texts of words by chance, and between them the one that tells the class; some are longer than
   * the model.
   */
  private static String table() {
    var random = new Random(2);
    var table = new StringBuilder("text,label\n");
    for (int row = 0; row < 240; row++) {
      var telling = TELLING.get(row % 3);
      table.append(telling);
      int more = 2 + random.nextInt(row % 20 == 0 ? 20 : 4);
      for (int i = 0; i < more; i++) {
        table.append(' ').append(List.of("the", "a", "time", "it", "of").get(random.nextInt(5)));
        table.append(' ').append(telling);
      }
      table.append(' ').append(row).append(",of ").append(telling).append('\n');
    }
    return table.toString();
  }

  private static Path workFolder(String name) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Path inputs = Files.createDirectories(folder.resolve("inputs"));
    Files.writeString(inputs.resolve("dataset"), table());
    TaskFixture.copy(model, Files.createDirectories(inputs.resolve("model")));
    TaskFixture.deadline(folder, Instant.now().plusSeconds(3600));
    return folder;
  }
}
