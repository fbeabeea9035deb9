package io.espalier.trainer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.trainer.Golden;
import io.espalier.trainer.Shared;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationTest {

  private static final List<int[]> PROMPTS =
      List.of(new int[] {5, 9, 31, 7}, new int[] {40}, new int[] {8, 8, 21, 3, 50, 11, 2});

  private interface Work {
    void with(Generation generation) throws IOException;
  }

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "qwen2", "mistral_window", "t5"})
  void answersAreTheSameAloneAndTogether(String model) throws IOException {
    on(
        Golden.folder(model),
        Sampling.GREEDY,
        Set.of(),
        6,
        generation -> {
          var together = generation.answers(PROMPTS, 1);
          for (int i = 0; i < PROMPTS.size(); i++)
            assertThat(generation.answers(List.of(PROMPTS.get(i)), 1).getFirst())
                .hasSize(6)
                .containsExactly(together.get(i));
        });
  }

  @Test
  void aTextEndsWithItsFirstEnd() throws IOException {
    on(
        Golden.folder("llama"),
        Sampling.GREEDY,
        Set.of(),
        8,
        generation -> {
          var whole = generation.answers(PROMPTS, 1);
          int end = whole.getFirst()[3];
          var ended =
              new Generation(
                      generation.session(), generation.family(), Sampling.GREEDY, Set.of(end), 8)
                  .answers(PROMPTS, 1);
          for (int i = 0; i < PROMPTS.size(); i++) {
            var expected = whole.get(i);
            int length = 0;
            while (length < expected.length && expected[length++] != end) {}
            assertThat(ended.get(i)).containsExactly(Arrays.copyOf(expected, length));
          }
        });
  }

  @Test
  void sampledTextsRepeatWithTheirSeedAndFollowTheirLimits() throws IOException {
    var free = new Sampling(2, 0, 1);
    on(
        Golden.folder("llama"),
        free,
        Set.of(),
        8,
        generation -> {
          var first = generation.answers(PROMPTS, 7);
          assertThat(generation.answers(PROMPTS, 7)).usingRecursiveComparison().isEqualTo(first);
          assertThat(generation.answers(PROMPTS, 8)).usingRecursiveComparison().isNotEqualTo(first);
          var greedy = with(generation, Sampling.GREEDY);
          assertThat(with(generation, new Sampling(2, 1, 1)))
              .usingRecursiveComparison()
              .isEqualTo(greedy);
          assertThat(with(generation, new Sampling(2, 0, 1e-9)))
              .usingRecursiveComparison()
              .isEqualTo(greedy);
        });
  }

  @Test
  void anAnswerStopsWhereTheModelsPlacesEnd() throws IOException {
    on(
        Golden.folder("gpt2"),
        Sampling.GREEDY,
        Set.of(),
        1000,
        generation ->
            assertThat(generation.answers(List.of(new int[] {1, 2}), 1).getFirst()).hasSize(30));
  }

  @Test
  void refusesAPromptWithoutTokens() throws IOException {
    on(
        Golden.folder("gpt2"),
        Sampling.GREEDY,
        Set.of(),
        5,
        generation ->
            assertThatThrownBy(() -> generation.answers(List.of(new int[0]), 1))
                .hasMessageContaining("prompt"));
  }

  @Test
  void publishedWeightsTellTheirReferenceStory() throws IOException {
    var folder = Shared.folder("models").resolve("stories260K");
    var reference = StrictJson.object(folder.resolve("reference.json"));
    var wanted = reference.path("greedy_text").asString();
    on(
        folder,
        Sampling.GREEDY,
        Set.of(2),
        256,
        generation -> {
          try (var tokenizer = Tokenizer.whole(TokenizerFiles.json(folder))) {
            var answer = generation.answers(List.of(new int[] {1}), 0).getFirst();
            var text = tokenizer.decode(Arrays.stream(answer).asLongStream().toArray(), true);
            assertThat(text).startsWith(wanted);
            assertThat(wanted).hasSizeGreaterThan(400);
          }
        });
  }

  private static List<int[]> with(Generation generation, Sampling sampling) {
    return new Generation(
            generation.session(),
            generation.family(),
            sampling,
            generation.ends(),
            generation.longest())
        .answers(PROMPTS, 7);
  }

  private static void on(Path folder, Sampling sampling, Set<Integer> ends, int longest, Work work)
      throws IOException {
    try (var arena = Arena.ofShared()) {
      var model = ModelFolder.read(folder, arena);
      var weights = StartingWeights.of(model, model.labels(), TrainingPlan.nothing(), 1);
      try (var session = TrainingSession.forInference(model.family(), weights)) {
        work.with(new Generation(session, model.family(), sampling, ends, longest));
      }
    }
  }
}
