package io.espalier.trainer.starter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.starter.Length;
import io.espalier.trainer.text.WordPiece;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextPretrainingTest {

  @TempDir Path temporary;

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  @Test
  void writesAModelThatCanBeFineTuned() throws IOException {
    var said = new StringWriter();

    new TextPretraining(1, new PrintWriter(said))
        .run(books(), new Length.Steps(2), temporary.resolve("out"));

    assertThat(said.toString()).contains("held out");
    try (Arena arena = Arena.ofShared()) {
      var folder = ModelFolder.read(temporary.resolve("out"), arena);
      StartingWeights.of(folder, List.of("a", "b", "c"), TrainingPlan.nothing(), 1);
      assertThat(folder.tokenizer()).hasSize(2);
    }
    assertThat(temporary.resolve("out/README.md")).content().contains("--steps 2 --seed 1");
  }

  @Test
  void frequentWordsBecomeOnePieceAndRareOnesSeveral() {
    var training = new WordPieceTraining();
    IntStream.range(0, 50).forEach(_ -> training.read("The LOWER river; the Lower river."));
    training.read("slow slow");

    var vocabulary = training.vocabulary(180).vocabulary();

    assertThat(vocabulary.subList(0, 5)).isEqualTo(WordPiece.SPECIAL);
    assertThat(vocabulary).contains("the", "lower", "river", ";", "##z", "£").hasSizeLessThan(181);
    assertThat(vocabulary).doesNotHaveDuplicates();
    assertThat(vocabulary.indexOf("the")).isLessThan(vocabulary.indexOf("slow"));
  }

  @Test
  void sameTextsGiveTheSamePieces() {
    var first = new WordPieceTraining();
    var second = new WordPieceTraining();
    for (var training : List.of(first, second))
      training.read("one two three four two four one three three");
    assertThat(first.vocabulary(200)).isEqualTo(second.vocabulary(200));
  }

  @Test
  void masksWholeWordsAndAsksForWhatTheyHide() {
    var pieces = new WordPiece(vocabulary(), true);
    int[] book = IntStream.range(0, 5000).map(i -> 5 + i % 20).toArray();
    var batch = new MaskedPairs(List.of(book), pieces, 3).batch(4);

    long[] ids = batch.input("input_ids").longs();
    long[] places = batch.input("masked_places").longs();
    long[] hidden = batch.input("labels").longs();
    assertThat(ids).hasSize(MaskedPairs.TOKENS);
    assertThat(places.length / (double) ids.length).isBetween(0.08, 0.22);
    assertThat(IntStream.range(0, places.length).filter(i -> ids[(int) places[i]] == 4).count())
        .isBetween(places.length * 6L / 10, places.length * 95L / 100);
    // Every second piece continues the word before it: it is hidden with it or not at all.
    for (int i = 0; i < places.length; i++) {
      boolean begins = hidden[i] % 2 == 1;
      boolean atAnEdge = ids[(int) places[i] + 1] == 3 || ids[(int) places[i] + 1] == 2;
      if (begins && !atAnEdge) assertThat(places[i + 1]).isEqualTo(places[i] + 1);
    }
    assertThat(new MaskedPairs(List.of(book), pieces, 3).batch(4).input("input_ids").longs())
        .isEqualTo(ids);
    assertThat(new MaskedPairs(List.of(book), pieces, 3).batch(5).input("labels").longs())
        .isNotEqualTo(hidden);
  }

  /** Numbers from 5: odd ones begin a word, even ones continue it. */
  private static List<String> vocabulary() {
    var vocabulary = new ArrayList<>(WordPiece.SPECIAL);
    for (int i = 5; i < 25; i++) vocabulary.add(i % 2 == 1 ? "w" + i : "##p" + i);
    return vocabulary;
  }

  private Path books() throws IOException {
    Path zip = temporary.resolve("books.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (var name : List.of("README.txt", "one.txt", "two.txt")) {
        out.putNextEntry(new ZipEntry(name));
        var text = "The rain fell on " + name + " and on the sea.\n\nNobody _saw_ it there.\n\n";
        out.write(text.repeat(2000).getBytes(StandardCharsets.UTF_8));
      }
    }
    return zip;
  }
}
