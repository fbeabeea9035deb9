package io.espalier.trainer.generation;

import io.espalier.models.family.Decoder;
import io.espalier.models.family.Family;
import io.espalier.models.family.T5;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Decoding;
import io.espalier.trainer.engine.TrainingSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Goes on with prompts, several at once.
 *
 * @param ends tokens that end a text; the last of its answer
 * @param longest most tokens of an answer
 */
public record Generation(
    TrainingSession session, Family family, Sampling sampling, Set<Integer> ends, int longest) {

  /** What is put where a shorter text has nothing; nothing ever looks at it. */
  private static final int FILLER = 0;

  /** The tokens that come after each prompt. */
  public List<int[]> answers(List<int[]> prompts, long seed) {
    if (prompts.isEmpty()) return List.of();
    return switch (family) {
      case Decoder decoder -> continued(decoder, prompts, seed);
      case T5 t5 -> translated(t5, prompts, seed);
      default -> throw new IllegalArgumentException(family.type() + " writes no texts");
    };
  }

  private List<int[]> continued(Decoder decoder, List<int[]> prompts, long seed) {
    int rows = prompts.size();
    int width = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    if (width == 0 || prompts.stream().anyMatch(prompt -> prompt.length == 0))
      throw new IllegalArgumentException("a prompt has no tokens");
    int room = Math.min(longest, decoder.positions() - width);
    var written = new Written(rows, seed);
    try (var decoding = session.decoding()) {
      decoding.begin(decoder.blocks(), rows, decoder.keyHeads(), decoder.headSize());
      for (int step = 0; step < room && !written.isOver(); step++) {
        var scores =
            decoding.next(step == 0 ? prompt(prompts, width) : more(prompts, width, step, written));
        written.append(scores);
      }
    }
    return written.answers();
  }

  /** Each at the right end of its row, where what it goes on with comes. */
  private static Batch prompt(List<int[]> prompts, int width) {
    int rows = prompts.size();
    long[] ids = new long[rows * width], places = new long[rows * width];
    Arrays.fill(ids, FILLER);
    for (int row = 0; row < rows; row++) {
      var prompt = prompts.get(row);
      int start = row * width + width - prompt.length;
      for (int i = 0; i < prompt.length; i++) {
        ids[start + i] = prompt[i];
        places[start + i] = i;
      }
    }
    return batch(ids, places, mask(prompts, width, 0), rows);
  }

  private static Batch more(List<int[]> prompts, int width, int step, Written written) {
    int rows = prompts.size();
    var places = new long[rows];
    for (int row = 0; row < rows; row++) places[row] = prompts.get(row).length + step - 1L;
    return batch(written.last(), places, mask(prompts, width, step), rows);
  }

  private static Batch batch(long[] ids, long[] places, long[] mask, int rows) {
    var inputs = new HashMap<String, Tensor>();
    inputs.put("input_ids", Tensor.of(ids, rows, ids.length / rows));
    inputs.put("position_ids", Tensor.of(places, rows, places.length / rows));
    inputs.put("attention_mask", Tensor.of(mask, rows, mask.length / rows));
    return new Batch(inputs, 0);
  }

  private static long[] mask(List<int[]> prompts, int width, int written) {
    int columns = width + written;
    var mask = new long[prompts.size() * columns];
    for (int row = 0; row < prompts.size(); row++) {
      int end = (row + 1) * columns;
      Arrays.fill(mask, end - prompts.get(row).length - written, end, 1);
    }
    return mask;
  }

  private List<int[]> translated(T5 t5, List<int[]> texts, long seed) {
    int rows = texts.size();
    int width = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    long[] ids = new long[rows * width], mask = new long[rows * width];
    Arrays.fill(ids, t5.padding());
    for (int row = 0; row < rows; row++)
      for (int i = 0; i < texts.get(row).length; i++) {
        ids[row * width + i] = texts.get(row)[i];
        mask[row * width + i] = 1;
      }
    var asked =
        Map.of(
            "input_ids",
            Tensor.of(ids, rows, width),
            "attention_mask",
            Tensor.of(mask, rows, width));
    var start = new long[rows];
    Arrays.fill(start, t5.start());
    var written = new Written(rows, seed);
    try (Decoding decoding = session.decoding()) {
      decoding.read(new Batch(asked, 0));
      decoding.begin(t5.decoderBlocks(), rows, t5.heads(), t5.headSize());
      for (int step = 0; step < longest && !written.isOver(); step++) {
        var inputs = new HashMap<>(asked);
        inputs.put("decoder_input_ids", Tensor.of(step == 0 ? start : written.last(), rows, 1));
        written.append(decoding.next(new Batch(inputs, 0)));
      }
    }
    return written.answers();
  }

  /** What was written so far; a text that has ended is filled up. */
  private final class Written {
    private final List<List<Integer>> texts = new ArrayList<>();
    private final boolean[] over;
    private final Random[] randoms;

    Written(int rows, long seed) {
      over = new boolean[rows];
      randoms = new Random[rows];
      for (int row = 0; row < rows; row++) {
        texts.add(new ArrayList<>());
        randoms[row] = new Random(seed + row * 0x9E3779B97F4A7C15L);
      }
    }

    void append(Tensor scores) {
      var values = scores.floats();
      int vocabulary = values.length / over.length;
      for (int row = 0; row < over.length; row++) {
        if (over[row]) continue;
        int token = sampling.choose(values, row * vocabulary, vocabulary, randoms[row]);
        texts.get(row).add(token);
        over[row] = ends.contains(token);
      }
    }

    long[] last() {
      var last = new long[over.length];
      for (int row = 0; row < last.length; row++)
        last[row] = over[row] ? FILLER : texts.get(row).getLast();
      return last;
    }

    boolean isOver() {
      for (boolean one : over) if (!one) return false;
      return true;
    }

    List<int[]> answers() {
      return texts.stream()
          .map(text -> text.stream().mapToInt(Integer::intValue).toArray())
          .toList();
    }
  }
}
