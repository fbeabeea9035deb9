package io.espalier.trainer.starter.text;

import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.text.WordPiece;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What BERT is pre-trained on: two stretches of text, of which the second follows the first or
 * comes from anywhere, with whole words masked. Devlin et al. 2018, arXiv:1810.04805. A batch is a
 * function of its number and the seed.
 */
final class MaskedPairs {

  /** Tokens of a batch, whatever the length of its rows. */
  static final int TOKENS = 2048;

  private static final int[] LENGTHS = {32, 64, 64, 128};
  private static final double MASKED = 0.15;
  private static final double SHOWN_AS_MASK = 0.8;
  private static final double SHOWN_AS_ANY = 0.1;
  private static final int FRAME = 3; // [CLS] … [SEP] … [SEP]

  private final List<int[]> books;
  private final boolean[] inside; // which pieces continue a word
  private final int cls;
  private final int sep;
  private final int mask;
  private final long seed;
  private final long[] ends;

  MaskedPairs(List<int[]> books, WordPiece pieces, long seed) {
    var vocabulary = pieces.vocabulary();
    this.books = books;
    this.inside = new boolean[vocabulary.size()];
    for (int id = 0; id < inside.length; id++) {
      inside[id] = vocabulary.get(id).startsWith(WordPiece.INSIDE);
    }
    this.cls = vocabulary.indexOf(WordPiece.CLS);
    this.sep = vocabulary.indexOf(WordPiece.SEP);
    this.mask = vocabulary.indexOf(WordPiece.MASK);
    this.seed = seed;
    this.ends = new long[books.size()];
    for (int book = 0; book < ends.length; book++) {
      ends[book] = (book == 0 ? 0 : ends[book - 1]) + books.get(book).length;
    }
  }

  Batch batch(long number) {
    var random = new SplittableRandom(new SplittableRandom(seed ^ number).nextLong());
    int length = LENGTHS[random.nextInt(LENGTHS.length)];
    int rows = TOKENS / length;
    var made = new Rows(rows, length);
    for (int row = 0; row < rows; row++) {
      made.fill(row, random);
    }
    return made.batch();
  }

  /** A batch in the making. */
  private final class Rows {
    final int length;
    final long[] ids;
    final long[] kinds;
    final long[] follows;
    final long[] places;
    final long[] hidden;
    int masked;

    Rows(int rows, int length) {
      this.length = length;
      ids = new long[rows * length];
      kinds = new long[rows * length];
      follows = new long[rows];
      places = new long[rows * length];
      hidden = new long[rows * length];
    }

    void fill(int row, SplittableRandom random) {
      int content = length - FRAME;
      int first = content / 4 + random.nextInt(content / 2);
      int[] book = book(random);
      int from = random.nextInt(book.length - content);
      int[] other = book;
      int then = from + first;
      if (random.nextBoolean()) {
        other = book(random);
        then = random.nextInt(other.length - content);
        follows[row] = 1; // as Hugging Face has it: 1 is a stranger
      }
      int at = row * length;
      ids[at++] = cls;
      at = copy(book, from, first, 0, at);
      ids[at++] = sep;
      at = copy(other, then, content - first, 1, at);
      kinds[at] = 1;
      ids[at] = sep;
      hide(row, first, random);
    }

    private int copy(int[] book, int from, int count, int kind, int to) {
      for (int i = 0; i < count; i++) {
        ids[to + i] = book[from + i];
        kinds[to + i] = kind;
      }
      return to + count;
    }

    /** Whole words, or whatever of them the row holds. */
    private void hide(int row, int first, SplittableRandom random) {
      int begin = row * length;
      boolean hides = false;
      for (int i = 1; i < length - 1; i++) {
        if (i == first + 1) {
          continue;
        }
        int id = (int) ids[begin + i];
        hides = inside[id] ? hides : random.nextDouble() < MASKED;
        if (hides) {
          mask(begin + i, random);
        }
      }
    }

    private void mask(int place, SplittableRandom random) {
      places[masked] = place;
      hidden[masked++] = ids[place];
      double chance = random.nextDouble();
      if (chance < SHOWN_AS_MASK) {
        ids[place] = mask;
      } else if (chance < SHOWN_AS_MASK + SHOWN_AS_ANY) {
        ids[place] = random.nextInt(mask + 1, inside.length);
      }
    }

    Batch batch() {
      int rows = follows.length;
      long[] all = IntStream.range(0, ids.length).mapToLong(i -> 1).toArray();
      return Batch.of(
          Map.of(
              "input_ids", Tensor.of(ids, rows, length),
              "attention_mask", Tensor.of(all, rows, length),
              "token_type_ids", Tensor.of(kinds, rows, length),
              "masked_places", Tensor.of(Arrays.copyOf(places, masked), masked),
              "labels", Tensor.of(Arrays.copyOf(hidden, masked), masked),
              "next_sentence_label", Tensor.of(follows, rows)));
    }
  }

  /** Long books as much more often as they are longer. */
  private int[] book(SplittableRandom random) {
    long at = random.nextLong(ends[ends.length - 1]);
    int book = 0;
    while (ends[book] <= at) {
      book++;
    }
    return books.get(book);
  }
}
