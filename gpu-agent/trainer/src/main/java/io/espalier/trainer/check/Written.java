package io.espalier.trainer.check;

import io.espalier.models.family.Decoder;
import io.espalier.models.family.Family;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.generation.Generation;
import io.espalier.trainer.generation.Sampling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a model goes on with, by its cache of keys and values. */
final class Written {

  private static final String LOGITS = "leftpad_last_logits";

  private Written() {}

  /**
   * The reference's own tokens, ours from where it began to write: for a decoder behind what both
   * have in common with the first row of the batch.
   */
  static Tensor greedily(TrainingSession session, Family family, Batch batch, Tensor reference) {
    int[] wanted = whole(reference.longs());
    int[] row = firstRow(batch);
    int known = 1;
    if (family instanceof Decoder)
      while (known < Math.min(row.length, wanted.length / 2) && row[known] == wanted[known])
        known++;
    var generation =
        new Generation(session, family, Sampling.GREEDY, Set.of(), wanted.length - known);
    var prompt = family instanceof Decoder ? Arrays.copyOf(wanted, known) : row;
    var answer = generation.answers(List.of(prompt), 0).getFirst();
    var all = new long[wanted.length];
    for (int i = 0; i < all.length && i - known < answer.length; i++)
      all[i] = i < known ? wanted[i] : answer[i - known];
    return Tensor.of(all, all.length);
  }

  /** Of a batch whose texts end their rows; what it was fed equals itself. */
  static Tensor leftPadded(
      String name, TrainingSession session, Decoder family, Map<String, Tensor> expected) {
    if (!name.equals(LOGITS)) return Objects.requireNonNull(expected.get("out/" + name));
    var inputs = new HashMap<String, Tensor>();
    for (var input : List.of("input_ids", "attention_mask", "position_ids"))
      inputs.put(input, Objects.requireNonNull(expected.get("out/leftpad_" + input)));
    long rows = Objects.requireNonNull(inputs.get("input_ids")).shape().getFirst();
    try (var decoding = session.decoding()) {
      decoding.begin(family.blocks(), rows, family.keyHeads(), family.headSize());
      return decoding.next(new Batch(inputs, 0));
    }
  }

  /** Without its padding. */
  private static int[] firstRow(Batch batch) {
    long[] ids = batch.input("input_ids").longs(), mask = batch.input("attention_mask").longs();
    int columns = Math.toIntExact(batch.input("input_ids").shape().get(1));
    var row = new int[columns];
    int count = 0;
    for (int i = 0; i < columns; i++) if (mask[i] != 0) row[count++] = Math.toIntExact(ids[i]);
    return Arrays.copyOf(row, count);
  }

  private static int[] whole(long[] numbers) {
    return Arrays.stream(numbers).mapToInt(Math::toIntExact).toArray();
  }
}
