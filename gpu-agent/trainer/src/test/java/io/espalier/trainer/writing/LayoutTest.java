package io.espalier.trainer.writing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayoutTest {

  @Test
  void packedRowsHoldEveryPassageOnceAndNoneIsTooLong() {
    var random = new SplittableRandom(1);
    var passages = new ArrayList<Passage>();
    for (int i = 0; i < 200; i++) passages.add(passage(i, 1 + random.nextInt(64), 0));
    var rows = new Layout.Packed(64, 0).rows(passages);
    assertThat(rows.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(passages);
    assertThat(rows)
        .allSatisfy(row ->
            assertThat(row.stream().mapToInt(Passage::length).sum()).isLessThanOrEqualTo(64));
    int tokens = passages.stream().mapToInt(Passage::length).sum();
    assertThat((double) tokens / (64 * rows.size())).isGreaterThan(0.9);
  }

  @Test
  void aPackedBatchTellsSamplesPlacesAndWhatCounts() {
    var batch =
        new Layout.Packed(8, 9)
            .batch(List.of(List.of(passage(1, 3, 1), passage(5, 2, 1)), List.of(passage(7, 1, 0))));
    assertThat(batch.input("input_ids").longs()).containsExactly(1, 2, 3, 5, 6, 7, 9, 9, 9, 9);
    assertThat(batch.input("sample_ids").longs()).containsExactly(1, 1, 1, 2, 2, 1, 0, 0, 0, 0);
    assertThat(batch.input("position_ids").longs()).containsExactly(0, 1, 2, 0, 1, 0, 0, 0, 0, 0);
    assertThat(batch.input("labels").longs())
        .containsExactly(-100, 2, 3, -100, 6, -100, -100, -100, -100, -100);
    assertThat(batch.targets()).isEqualTo(3);
  }

  @Test
  void aPairIsAQuestionAndAnAnswer() {
    var batch =
        new Layout.Pairs(0).batch(List.of(List.of(passage(1, 5, 3)), List.of(passage(7, 2, 1))));
    assertThat(batch.input("input_ids").longs()).containsExactly(1, 2, 3, 7, 0, 0);
    assertThat(batch.input("attention_mask").longs()).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(batch.input("labels").longs()).containsExactly(4, 5, 8, -100);
    assertThat(batch.targets()).isEqualTo(3);
  }

  @Test
  void theLastAnswerOfAConversationIsTheOneAsked() {
    var told = new BitSet();
    told.set(2, 4);
    told.set(6, 9);
    var passage = new Passage(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, told);
    assertThat(passage.prompt()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(passage.answer()).containsExactly(6, 7, 8);
    assertThat(passage.cut(7).answer()).containsExactly(6);
    assertThat(passage.cut(3).toldTokens()).isEqualTo(1);
  }

  /** Tokens that count up; those from {@code from} on are told. */
  private static Passage passage(int first, int length, int from) {
    var ids = new int[length];
    for (int i = 0; i < length; i++) ids[i] = first + i;
    var told = new BitSet();
    told.set(from, length);
    return new Passage(ids, told);
  }
}
