package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import io.espalier.trainer.Golden;
import io.espalier.trainer.text.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TokenizerTest {

  private static final int LONG_ENOUGH = 512;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"bert_wordpiece", "bert_wordpiece_cased"})
  void givesTheTokensOfTheReferenceLibrary(String name) throws IOException {
    var folder = folder(name);
    var expected = StrictJson.object(folder.resolve("expected.json"));
    try (var tokenizer = Tokenizer.cutting(TokenizerFiles.json(folder), LONG_ENOUGH)) {
      for (var single : expected.get("single"))
        same(single, tokenizer.encode(single.get("text").asString()));
      for (var pair : expected.get("pair"))
        same(pair, tokenizer.encode(pair.get("a").asString(), pair.get("b").asString()));
      var texts = new ArrayList<String>();
      expected.get("single").forEach(single -> texts.add(single.get("text").asString()));
      var together = tokenizer.encode(texts);
      for (int i = 0; i < texts.size(); i++) same(expected.get("single").get(i), together.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert_wordpiece", "bert_wordpiece_cased"})
  void cutsTheLongerTextOfAPairFirst(String name) throws IOException {
    var folder = folder(name);
    var expected = StrictJson.object(folder.resolve("expected.json"));
    try (var tokenizer = Tokenizer.cutting(TokenizerFiles.json(folder), 8)) {
      for (var cut : expected.get("truncate8_longest_first_pad10")) {
        var tokens =
            cut.has("text")
                ? tokenizer.encode(cut.get("text").asString())
                : tokenizer.encode(cut.get("a").asString(), cut.get("b").asString());
        assertThat(tokens.ids()).containsExactly(unpadded(cut));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert_wordpiece", "bert_wordpiece_cased"})
  void readsBertsOlderVocabularyAlike(String name) throws IOException {
    for (var file : List.of("vocab.txt", "tokenizer_config.json"))
      Files.copy(folder(name).resolve(file), temporary.resolve(file));
    var expected = StrictJson.object(folder(name).resolve("expected.json"));
    try (var tokenizer = Tokenizer.cutting(TokenizerFiles.json(temporary), LONG_ENOUGH)) {
      for (var single : expected.get("single"))
        same(single, tokenizer.encode(single.get("text").asString()));
    }
  }

  @Test
  void refusesAFileThatIsNoTokenizer() {
    var json = "{\"version\": \"1.0\", \"model\": 7}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Tokenizer.cutting(json, 8))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("tokenizer.json");
  }

  @Test
  void refusesAModelThatHasNone() {
    assertThatThrownBy(() -> TokenizerFiles.json(temporary))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("vocab.txt");
  }

  private static Path folder(String name) {
    return Golden.folder("tokenizers").resolve(name);
  }

  private static void same(JsonNode expected, Tokens actual) {
    assertThat(actual.ids()).as("%s", expected).containsExactly(ints(expected.get("ids")));
    assertThat(IntStream.range(0, actual.length()).map(actual::kind).toArray())
        .containsExactly(ints(expected.get("type_ids")));
  }

  private static int[] unpadded(JsonNode expected) {
    int[] ids = ints(expected.get("ids"));
    int[] attended = ints(expected.get("attention_mask"));
    return IntStream.range(0, ids.length).filter(i -> attended[i] == 1).map(i -> ids[i]).toArray();
  }

  private static int[] ints(JsonNode values) {
    var ints = IntStream.builder();
    values.forEach(value -> ints.add(value.intValue()));
    return ints.build().toArray();
  }
}
