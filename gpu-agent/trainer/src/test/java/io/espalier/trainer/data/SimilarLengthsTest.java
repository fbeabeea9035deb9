package io.espalier.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.trainer.Golden;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.Tokens;
import io.espalier.trainer.text.TokenizerFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimilarLengthsTest {

  private static final int TEXTS = 400;
  private static final int BATCH = 10;

  private static TextSet texts;

  /** Texts of 3 to 32 tokens, in no order. */
  @BeforeAll
  static void readTexts() throws IOException {
    var random = new Random(3);
    var folder = Golden.folder("tokenizers").resolve("bert_wordpiece");
    try (var tokenizer = Tokenizer.cutting(TokenizerFiles.json(folder), 32)) {
      List<Tokens> tokens =
          IntStream.range(0, TEXTS)
              .mapToObj(i -> tokenizer.encode("time ".repeat(1 + random.nextInt(40))))
              .toList();
      List<String> names = IntStream.range(0, TEXTS).mapToObj(i -> "text " + i).toList();
      int[] labels = IntStream.range(0, TEXTS).map(i -> i % 3).toArray();
      texts = new TextSet(names, tokens, Targets.OfClasses.of(3, labels), 32, 0);
    }
  }

  @Test
  void littleIsComputedForWhatOnlyFillsUp() {
    assertThat(filledUp(new SimilarLengths(texts, BATCH, 1)::step))
        .isLessThan(filledUp(new Order(TEXTS, BATCH, 1)::step) / 3);
  }

  @Test
  void everySampleIsSeenAsOftenAsInPlainOrder() {
    var order = new SimilarLengths(texts, BATCH, 1);
    // 80 steps are five windows and two epochs.
    int[] seen =
        IntStream.range(0, 80).flatMap(step -> IntStream.of(order.step(step))).sorted().toArray();
    assertThat(seen).hasSize(2 * TEXTS);
    for (int i = 0; i < TEXTS; i++) {
      assertThat(seen[2 * i]).isEqualTo(i);
      assertThat(seen[2 * i + 1]).isEqualTo(i);
    }
  }

  @Test
  void aStepIsAFunctionOfSeedAndNumberAlone() {
    var once = new SimilarLengths(texts, BATCH, 7);
    int[] late = once.step(50);
    once.step(3);
    assertThat(once.step(50)).isEqualTo(late);
    assertThat(new SimilarLengths(texts, BATCH, 7).step(50)).isEqualTo(late);
    assertThat(new SimilarLengths(texts, BATCH, 8).step(50)).isNotEqualTo(late);
  }

  @Test
  void longAndShortBatchesComeInAnOrderOfChance() {
    var order = new SimilarLengths(texts, BATCH, 1);
    int[] lengths = IntStream.range(0, 16).map(step -> longest(order.step(step))).toArray();
    assertThat(lengths).isNotEqualTo(Arrays.stream(lengths).sorted().toArray());
  }

  @Test
  void aBatchIsAsLongAsItsLongestTextRoundedUp() {
    int[] few = IntStream.range(0, TEXTS).filter(i -> texts.length(i) < 12).limit(3).toArray();
    var batch = texts.batch(few);
    int width = Math.ceilDiv(longest(few), 8) * 8;
    assertThat(batch.input("input_ids").shape()).containsExactly(3L, (long) width);
    long[] ids = batch.input("input_ids").longs();
    long[] attended = batch.input("attention_mask").longs();
    for (int row = 0; row < few.length; row++)
      for (int place = 0; place < width; place++) {
        boolean text = place < texts.length(few[row]);
        assertThat(attended[row * width + place]).isEqualTo(text ? 1 : 0);
        assertThat(ids[row * width + place] == 0).isEqualTo(!text);
      }
    assertThat(batch.targets()).isEqualTo(3);
  }

  private interface Steps {
    int[] step(int step);
  }

  private static long filledUp(Steps steps) {
    long filled = 0;
    for (int step = 0; step < 80; step++) {
      int[] batch = steps.step(step);
      for (int index : batch) filled += longest(batch) - texts.length(index);
    }
    return filled;
  }

  private static int longest(int[] batch) {
    return IntStream.of(batch).map(texts::length).max().orElseThrow();
  }
}
