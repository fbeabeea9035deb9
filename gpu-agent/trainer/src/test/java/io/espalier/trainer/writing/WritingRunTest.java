package io.espalier.trainer.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.trainer.Golden;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.loop.Checkpoint;
import io.espalier.trainer.loop.Metrics;
import io.espalier.trainer.loop.Progress;
import io.espalier.trainer.template.ChatTemplate;
import io.espalier.trainer.template.ChatTemplate.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tiny models with a token for each letter learn to answer, and to go on with a text. */
class WritingRunTest {

  private static final String LETTERS = "\u0003abcdefghijklmnopqrstuvwxyz .?:\n<>QA";

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  @BeforeEach
  void data() throws IOException {
    var rows = new StringBuilder();
    var text = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      var letter = LETTERS.charAt(1 + i % 26);
      var word = String.valueOf(letter).repeat(1 + i % 5);
      rows.append(
          switch (i % 3) {
            case 0 -> "{\"prompt\": \"say %s\", \"completion\": \"yes\"}\n".formatted(word);
            case 1 ->
                "{\"instruction\": \"say\", \"input\": \"%s\", \"output\": \"yes\"}\n"
                    .formatted(word);
            default ->
                """
                {"messages": [{"role": "user", "content": "say %s"}, \
                {"role": "assistant", "content": "yes"}]}
                """
                    .formatted(word);
          });
      text.append("say ").append(word).append(". yes.\n");
    }
    Files.writeString(folder.resolve("rows.jsonl"), rows);
    Files.writeString(folder.resolve("text.txt"), text);
  }

  @ParameterizedTest
  @CsvSource({
    "llama, rows.jsonl, FULL, true",
    "llama, rows.jsonl, LORA, false",
    "gpt2, text.txt, FULL, false",
    "qwen2, text.txt, LORA, false",
    "t5, rows.jsonl, FULL, false",
  })
  void learnsToWrite(String model, String data, Protocol protocol, boolean template)
      throws IOException {
    var heard = new ArrayList<Double>();
    var target = folder.resolve("out");
    var result =
        run(model(model, template), data, target, protocol).run(hearing(heard)).orElseThrow();

    assertThat(result.perplexityAfter()).isLessThan(result.perplexityBefore() * 0.8);
    assertThat(result.perplexityAfter())
        .isBetween(result.perplexityLow() * 0.999, result.perplexityHigh() * 1.001);
    assertThat(result.tokens()).isPositive();
    assertThat(result.reloadMaxDifference()).isLessThan(1e-4);
    assertThat(result.answers()).hasSizeBetween(2, 3);
    assertThat(heard).hasSize(40);
    assertThat(target.resolve("model/model.safetensors")).exists();
    assertThat(target.resolve("model/tokenizer.json")).exists();
    assertThat(Files.exists(target.resolve("adapter"))).isEqualTo(protocol == Protocol.LORA);
    if (data.endsWith(".jsonl")) {
      assertThat(result.answers()).allMatch(answer -> answer.wanted().startsWith("yes"));
      assertThat(result.rougeL()).isPresent();
    } else assertThat(result.exactMatch()).isEmpty();
    // Whoever answers "yes" to everything has learned what there was.
    if (protocol == Protocol.FULL && model.equals("llama"))
      assertThat(result.exactMatch().orElseThrow().after()).isEqualTo(1);
  }

  @Test
  void whatIsAskedIsNotLearned() throws IOException {
    var model = model("llama", true);
    try (var tokenizer = Tokenizer.bare(Files.readAllBytes(model.resolve("tokenizer.json")))) {
      var passages = new Passages(tokenizer, ChatTemplate.in(model), Optional.empty());
      var conversation =
          List.of(
              new Message("user", "say a"),
              new Message("assistant", "yes"),
              new Message("user", "why?"),
              new Message("assistant", "no"));
      var passage = passages.conversation(conversation);
      var told = new StringBuilder();
      for (int i = 0; i < passage.length(); i++)
        if (passage.isTold(i)) told.append(LETTERS.charAt(passage.id(i)));
      assertThat(told.toString()).isEqualTo("yes\u0003\nno\u0003\n");
      assertThat(tokenizer.decode(longs(passages.question(conversation)), false))
          .isEqualTo("<Q> say a\n<A> yes\u0003\n<Q> why?\n<A> ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"text\": 1} | rows.jsonl:1",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]} | end with one of the assistant",
        "{\"messages\": [{\"role\": \"boss\", \"content\": \"a\"}]} | boss",
        "{\"prompt\": \"a\", \"completion\": 7} | rows.jsonl:1",
        "[1, 2 | no JSON",
        "{\"prompt\": \"a\", \"completion\": \"b\"} | three parts",
      })
  void badRowsAreRefusedByName(String row, String said) throws IOException {
    Files.writeString(folder.resolve("rows.jsonl"), row + "\n");
    assertThatThrownBy(() -> Source.read(folder.resolve("rows.jsonl"), Optional.empty()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(said);
  }

  @Test
  void aTextTooShortForAWindowIsRefused() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "say a. yes.\n".repeat(5));
    assertThatThrownBy(() ->
            run(model("llama", false), "text.txt", folder.resolve("out"), Protocol.FULL)
                .run(hearing(new ArrayList<>())))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("24 tokens");
  }

  private static long[] longs(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }

  private WritingRun run(Path model, String data, Path target, Protocol protocol) {
    boolean adapters = protocol == Protocol.LORA;
    var plain =
        Settings.of(Schedule.linear(adapters ? 2e-2 : 5e-3, 2, 40), 8, 1)
            .with(Optimization.ADAMW.decaying(0))
            .with(new Looks(20, 20, 0));
    var settings = adapters ? plain.with(Reach.DEFAULT.with(Adapters.ofRank(4))) : plain;
    return new WritingRun(
        model,
        folder.resolve(data),
        Optional.empty(),
        folder.resolve("work"),
        target,
        new Training(protocol, settings),
        data.endsWith(".txt") ? 24 : 48,
        3,
        8,
        WritingRun.Equipment.PLAIN);
  }

  /** A stored model with a tokenizer of letters, of which the first ends a text. */
  private Path model(String name, boolean template) throws IOException {
    var model = Files.createDirectories(folder.resolve("model"));
    for (var file : List.of("config.json", "model.safetensors"))
      Files.copy(Golden.folder(name).resolve(file), model.resolve(file));
    var json = new JsonMapper();
    var nodes = JsonNodeFactory.instance;
    var config = (ObjectNode) json.readTree(model.resolve("config.json"));
    config.put("eos_token_id", 0);
    Files.write(model.resolve("config.json"), json.writeValueAsBytes(config));
    var vocabulary = nodes.objectNode();
    for (int i = 0; i < LETTERS.length(); i++) vocabulary.put(String.valueOf(LETTERS.charAt(i)), i);
    var tokenizer = nodes.objectNode();
    tokenizer.put("version", "1.0");
    tokenizer.putArray("added_tokens");
    tokenizer.putObject("decoder").put("type", "Fuse");
    var bpe = tokenizer.putObject("model").put("type", "BPE");
    bpe.set("vocab", vocabulary);
    bpe.putArray("merges");
    Files.write(model.resolve("tokenizer.json"), json.writeValueAsBytes(tokenizer));
    var settings = nodes.objectNode().put("eos_token", "\u0003");
    if (template)
      settings.put(
          "chat_template",
          "{% for m in messages %}{{ '<Q> ' if m.role == 'user' else '<A> ' }}{{ m.content }}"
              + "{{ eos_token if m.role == 'assistant' }}{{ '\\n' }}{% endfor %}"
              + "{% if add_generation_prompt %}{{ '<A> ' }}{% endif %}");
    Files.write(model.resolve("tokenizer_config.json"), json.writeValueAsBytes(settings));
    return model;
  }

  private static Progress hearing(List<Double> losses) {
    return new Progress() {
      @Override
      public void stepped(int step, double loss, double rate, double gradientNorm) {
        losses.add(loss);
      }

      @Override
      public void validated(int step, Metrics metrics, boolean best) {}

      @Override
      public void saved(int step, Checkpoint checkpoint) {}

      @Override
      public void rejected(Path checkpoint, String reason) {
        throw new AssertionError(reason);
      }
    };
  }
}
