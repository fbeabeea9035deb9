package io.espalier.trainer.data;

import io.espalier.trainer.engine.Batch;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** A split of a data set, ready to be handed out in batches. */
public sealed interface Samples permits ImageSet, TextSet {

  int size();

  /** What is wanted of each. */
  Targets targets();

  /**
   * The class of each sample, in their order.
   *
   * @throws IllegalStateException where they do not belong to one class each
   */
  default int[] labels() {
    if (targets() instanceof Targets.OfClasses classes) return classes.array();
    throw new IllegalStateException("these samples do not belong to one class each");
  }

  /** The name that a sample has in its data set. */
  String name(int index);

  /** How much there is of a sample; those of a batch are filled up to the longest of them. */
  int length(int index);

  /** Sizes of the largest sample, by the symbols that graphs have for them. */
  Map<String, Long> largest();

  /** The samples of these places as they are. */
  Batch batch(int[] indices);

  /** As training sees them: changed a little, by chance that the seed decides, or not at all. */
  Batch training(int[] indices, long seed);

  /** The same samples under every change that training may make to them. */
  Samples changed();

  /** The same samples, of which something else is wanted. */
  Samples wanting(Targets other);

  /** The samples of these places, in this order; they share their contents with this set. */
  default Selection select(int[] indices) {
    return new Selection(this, indices);
  }

  default Selection all() {
    return select(IntStream.range(0, size()).toArray());
  }

  /** The share of the most frequent of {@code classes} labels: what always naming it gets right. */
  default double chance(int classes) {
    int[] counts = new int[classes];
    Arrays.stream(labels()).forEach(label -> counts[label]++);
    return Arrays.stream(counts).max().orElse(0) / (double) Math.max(1, size());
  }
}
