package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.json.StrictJson;
import io.espalier.trainer.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several labels, numbers and tags: from a table by the verbs to an export and its evaluation. */
class OtherTasksTest {

  private static final List<String> TELLING = List.of("quick", "small", "world");

  @TempDir static Path root;

  private static Path model;

  private record Said(int exit, String text) {
    JsonNode json() {
      return new JsonMapper().readTree(text);
    }
  }

  @BeforeAll
  static void writeModel() throws IOException {
    model = Files.createDirectories(root.resolve("model"));
    TaskFixture.writeModel(
        model,
        """
        {"model_type": "bert", "architectures": ["BertForSequenceClassification"],
         "vocab_size": 300, "max_position_embeddings": 24, "hidden_size": 16,
         "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
         "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0, "initializer_range": 0.2}
        """);
    var tokenizer = Golden.folder("tokenizers").resolve("bert_wordpiece");
    for (var file : List.of("tokenizer.json", "tokenizer_config.json"))
      Files.copy(tokenizer.resolve(file), model.resolve(file));
  }

  @ParameterizedTest
  @CsvSource({"FULL", "LINEAR_PROBE", "LORA"})
  void learnsWhichOfSeveralLabelsApply(String protocol) throws IOException {
    var data = write("several-" + protocol + ".jsonl", severalLabels());
    var target = root.resolve("several-" + protocol);

    var said = train(data, target, "--protocol", protocol, "--steps", "200");

    assertThat(said.exit()).as(said.text()).isZero();
    assertThat(said.json().path("metric").asString()).isEqualTo("macro_f1");
    assertThat(said.json().path("after").asDouble()).as(said.text()).isGreaterThan(0.8);
    assertThat(said.json().path("reload_max_diff").asDouble()).isLessThan(1e-4);
    var config = StrictJson.object(target.resolve("model/config.json"));
    assertThat(config.path("problem_type").asString()).isEqualTo("multi_label_classification");
    assertThat(config.path("id2label").path("2").asString()).isEqualTo("world");

    var judged = evaluate(target.resolve("model"), data);
    assertThat(judged.exit()).as(judged.text()).isZero();
    assertThat(judged.json().path("samples").asInt()).as("no test split").isEqualTo(240);
    var f1 = judged.json().path("metrics").path("macro_f1");
    assertThat(f1.path("value").asDouble()).isGreaterThan(0.8);
    assertThat(f1.path("low").asDouble()).isLessThanOrEqualTo(f1.path("value").asDouble());
    assertThat(judged.json().path("confusion").size()).as("one for each label").isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"FULL", "LINEAR_PROBE"})
  void learnsNumbersInTheirOwnUnits(String protocol) throws IOException {
    var data = write("numbers-" + protocol + ".csv", numbers());
    var target = root.resolve("numbers-" + protocol);

    var said = train(data, target, "--protocol", protocol, "--steps", "100");

    assertThat(said.exit()).as(said.text()).isZero();
    assertThat(said.json().path("metric").asString()).isEqualTo("rmse");
    double deviation = said.json().path("chance").asDouble();
    assertThat(said.json().path("after").asDouble()).as(said.text()).isLessThan(deviation / 2);
    assertThat(said.json().path("reload_max_diff").asDouble()).isLessThan(0.5);
    var config = StrictJson.object(target.resolve("model/config.json"));
    assertThat(config.path("problem_type").asString()).isEqualTo("regression");
    assertThat(config.path("id2label").size()).isEqualTo(1);

    var told = predict(target.resolve("model"), "--input", "small small small 7");
    assertThat(told.json().path("value").asDouble()).as(told.text()).isBetween(750.0, 1250.0);
  }

  @ParameterizedTest
  @CsvSource({"FULL", "LINEAR_PROBE", "LORA"})
  void learnsATagForEachWord(String protocol) throws IOException {
    var data = write("tags-" + protocol + ".jsonl", tags());
    var target = root.resolve("tags-" + protocol);

    var said = train(data, target, "--protocol", protocol, "--steps", "250");

    assertThat(said.exit()).as(said.text()).isZero();
    assertThat(said.json().path("metric").asString()).isEqualTo("entity_f1");
    // A head alone sees random features.
    assertThat(said.json().path("after").asDouble())
        .as(said.text())
        .isGreaterThan(protocol.equals("LINEAR_PROBE") ? 0.6 : 0.9);
    assertThat(said.json().path("reload_max_diff").asDouble()).isLessThan(1e-4);
    var config = StrictJson.object(target.resolve("model/config.json"));
    assertThat(config.path("architectures").path(0).asString())
        .isEqualTo("BertForTokenClassification");
    assertThat(config.path("id2label").path("0").asString()).isEqualTo("B-THING");
    if (protocol.equals("LORA"))
      assertThat(
              StrictJson.object(target.resolve("adapter/adapter_config.json"))
                  .path("task_type")
                  .asString())
          .isEqualTo("TOKEN_CLS");

    if (protocol.equals("LINEAR_PROBE")) return;
    var told = predict(target.resolve("model"), "--input", "the world of time");
    assertThat(told.json().path("tags").toString()).isEqualTo("[\"O\",\"B-THING\",\"O\",\"O\"]");
  }

  @Test
  void theMetricOfARunIsAChoice() throws IOException {
    var data = write("choice.jsonl", severalLabels());

    var said = train(data, root.resolve("choice"), "--steps", "20", "--metric", "auc");
    assertThat(said.exit()).as(said.text()).isZero();

    var refused = train(data, root.resolve("refused"), "--steps", "20", "--metric", "rmse");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.text()).contains("rmse").contains("macro_f1, micro_f1, auc, accuracy");
  }

  @Test
  void aGuessCanBeOverridden() throws IOException {
    var data = write("ratings.csv", numbers().replaceAll("\\.\\d+", ""));

    var asClasses = train(data, root.resolve("classes"), "--steps", "20");
    assertThat(asClasses.json().path("metric").asString())
        .as(asClasses.text())
        .isEqualTo("accuracy");
    var asNumbers = train(data, root.resolve("numbers"), "--steps", "20", "--kind", "number");
    assertThat(asNumbers.json().path("metric").asString()).as(asNumbers.text()).isEqualTo("rmse");
  }

  @Test
  void aModelIsNotJudgedByClassesItDoesNotKnow() throws IOException {
    var data = write("known.csv", twoClasses("b"));
    var target = root.resolve("known");
    assertThat(train(data, target, "--steps", "10").exit()).isZero();

    var other = write("unknown.csv", twoClasses("c"));
    var judged = evaluate(target.resolve("model"), other);

    assertThat(judged.text()).contains("Found: c").contains("Limit: a, b");
  }

  private static String twoClasses(String second) {
    var rows = new StringBuilder("text,label\n");
    for (int row = 0; row < 40; row++)
      rows.append("quick %d,a\nsmall %d,%s\n".formatted(row, row, second));
    return rows.toString();
  }

  private static String severalLabels() {
    var random = new Random(2);
    var rows = new StringBuilder();
    for (int row = 0; row < 240; row++) {
      var words = new ArrayList<String>(List.of("the", "time"));
      var labels = new ArrayList<String>();
      for (var telling : TELLING)
        if (random.nextInt(5) < 2) {
          words.addAll(List.of(telling, telling));
          labels.add("\"" + telling + "\"");
        }
      rows.append(
          "{\"text\": \"%s %d\", \"labels\": [%s]}\n"
              .formatted(String.join(" ", words), row, String.join(", ", labels)));
    }
    return rows.toString();
  }

  private static String numbers() {
    var random = new Random(3);
    var rows = new StringBuilder("text,score\n");
    for (int row = 0; row < 240; row++) {
      int kind = row % 3;
      var value = 500 * (kind + 1) + random.nextInt(40) - 20 + 0.5;
      rows.append((TELLING.get(kind) + " ").repeat(3))
          .append(row)
          .append(',')
          .append(value)
          .append('\n');
    }
    return rows.toString();
  }

  private static String tags() {
    var random = new Random(4);
    var rows = new StringBuilder();
    for (int row = 0; row < 240; row++) {
      var words = new ArrayList<String>();
      var tags = new ArrayList<String>();
      for (int i = 0; i < 3 + random.nextInt(4); i++) {
        boolean named = random.nextInt(3) == 0;
        words.add(
            '"'
                + (named
                    ? TELLING.get(random.nextInt(3))
                    : List.of("the", "of", "time").get(random.nextInt(3)))
                + '"');
        tags.add(named ? "\"B-THING\"" : "\"O\"");
      }
      words.add("\"" + row + "\"");
      tags.add("\"O\"");
      rows.append(
          "{\"tokens\": [%s], \"tags\": [%s]}\n"
              .formatted(String.join(", ", words), String.join(", ", tags)));
    }
    return rows.toString();
  }

  private static Path write(String name, String content) throws IOException {
    return Files.writeString(root.resolve(name), content);
  }

  private static Said train(Path data, Path target, String... options) {
    return said(
        new TrainCommand(),
        List.of(
            model.toString(),
            data.toString(),
            target.toString(),
            "--json",
            "--rate",
            "0.01",
            "--batch",
            "16"),
        options);
  }

  private static Said evaluate(Path model, Path data) {
    return said(new EvaluateCommand(), List.of(model.toString(), data.toString(), "--json"));
  }

  private static Said predict(Path model, String... options) {
    return said(new PredictCommand(), List.of(model.toString(), "--json"), options);
  }

  private static Said said(Object command, List<String> arguments, String... options) {
    var all = new ArrayList<>(arguments);
    all.addAll(List.of(options));
    all.addAll(List.of("--threads", "1"));
    var text = new StringWriter();
    int exit =
        new CommandLine(command)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(text))
            .setErr(new PrintWriter(text))
            .execute(all.toArray(String[]::new));
    return new Said(exit, text.toString());
  }
}
