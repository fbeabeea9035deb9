package io.espalier.trainer.data;

import io.espalier.trainer.engine.Batch;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A split of a data set, ready to be handed out in batches. */
public sealed interface Samples permits ImageSet, TextSet {

  int size();

  int label(int index);

  /** All labels, in the order of the samples. */
  int[] labels();

  /** The name that a sample has in its data set. */
  String name(int index);

  /** How much there is of a sample; those of a batch are filled up to the longest of them. */
  int length(int index);

  /** The samples of these places as they are. */
  Batch batch(int[] indices);

  /** As training sees them: changed a little, by chance that the seed decides, or not at all. */
  Batch training(int[] indices, long seed);

  /** The same samples under every change that training may make to them. */
  Samples changed();

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
