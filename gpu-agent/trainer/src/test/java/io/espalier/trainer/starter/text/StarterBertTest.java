package io.espalier.trainer.starter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.family.Bert;
import io.espalier.models.family.BertPretraining;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The starter for texts as it is shipped. */
class StarterBertTest {

  private static final Path FOLDER = Path.of("src/main/starter/bert");

  /** In none of the books that it was trained on. */
  private static final List<String> SENTENCES =
      List.of(
          "The old man sat down in a chair by the fire and looked at his hands.",
          "She did not know what to say to him, and so she said nothing at all.",
          "It was late in the evening when they came back to the house.",
          "I have never seen such a thing in my life, said the boy.");

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  @Test
  void isSmall() throws IOException {
    assertThat(Files.size(FOLDER.resolve("model.safetensors"))).isLessThan(3_000_000);
    var tokenizer = StrictJson.object(FOLDER.resolve("tokenizer.json"));
    assertThat(tokenizer.at("/model/vocab").size()).isEqualTo(StarterBert.VOCABULARY);
  }

  @Test
  void hasTheShapeOfItsCommandAndNeedsANewHeadOnly() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      var folder = ModelFolder.read(FOLDER, arena);
      assertThat(folder.family()).isEqualTo(StarterBert.family());
      var weights = StartingWeights.of(folder, List.of("ham", "spam"), TrainingPlan.nothing(), 1);
      assertThat(weights.begunAnew())
          .containsExactlyInAnyOrder("classifier.weight", "classifier.bias");
    }
  }

  /** Naming the most frequent words alone gives about 6.3 in English, chance 8.3. */
  @Test
  void fillsGapsInSentencesThatItHasNotSeen() throws IOException {
    double loss = 0;
    long words = 0;
    try (Arena arena = Arena.ofShared();
        Tokenizer tokenizer = Tokenizer.cutting(TokenizerFiles.json(FOLDER), 128)) {
      var folder = ModelFolder.read(FOLDER, arena);
      var network = BertPretraining.of((Bert) folder.family());
      try (var session = TrainingSession.forInference(network, folder.checkpoint())) {
        for (var sentence : SENTENCES) {
          var batch = everyWordHidden(tokenizer.encode(sentence).ids(), tokenizer);
          loss += session.forward("evaluate", batch).tensor("word_loss").floats()[0];
          words += batch.targets();
        }
      }
    }
    assertThat(loss / words).isLessThan(5.6);
  }

  /** A row for each token between the frames, with that token hidden. */
  private static Batch everyWordHidden(int[] ids, Tokenizer tokenizer) {
    int mask = tokenizer.encode("[MASK]").id(1);
    int rows = ids.length - 2;
    long[] shown = new long[rows * ids.length];
    for (int row = 0; row < rows; row++)
      for (int place = 0; place < ids.length; place++)
        shown[row * ids.length + place] = place == row + 1 ? mask : ids[place];
    long[] places = IntStream.range(0, rows).mapToLong(row -> row * ids.length + row + 1).toArray();
    long[] hidden = IntStream.range(0, rows).mapToLong(row -> ids[row + 1]).toArray();
    long[] all = IntStream.range(0, shown.length).mapToLong(_ -> 1).toArray();
    return Batch.of(
        Map.of(
            "input_ids", Tensor.of(shown, rows, ids.length),
            "attention_mask", Tensor.of(all, rows, ids.length),
            "token_type_ids", Tensor.of(new long[shown.length], rows, ids.length),
            "masked_places", Tensor.of(places, rows),
            "labels", Tensor.of(hidden, rows),
            "next_sentence_label", Tensor.of(new long[rows], rows)));
  }
}
