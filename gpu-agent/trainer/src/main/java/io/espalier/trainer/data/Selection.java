package io.espalier.trainer.data;

import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Some samples of a set, in an order. */
public final class Selection {

  private final Samples samples;
  private final int[] indices;

  Selection(Samples samples, int[] indices) {
    this.samples = samples;
    this.indices = indices.clone();
  }

  public int size() {
    return indices.length;
  }

  /** What is wanted of them, in order. */
  public Targets targets() {
    return samples.targets().at(indices);
  }

  /** The answers to them in the logits of their batch. */
  public List<float[]> answers(Tensor logits) {
    return samples.targets().answers(logits, indices);
  }

  /** Their places in the set. */
  public int[] indices() {
    return indices.clone();
  }

  /** The part from one position up to, not including, another. */
  public Selection part(int from, int to) {
    return new Selection(samples, Arrays.copyOfRange(indices, from, to));
  }

  /** These samples as they are. */
  public Batch batch() {
    return samples.batch(indices);
  }

  /** Positions in this selection, from the shortest sample to the longest. */
  public int[] byLength() {
    return IntStream.range(0, indices.length)
        .boxed()
        .sorted(Comparator.comparingInt(position -> samples.length(indices[position])))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The samples at these positions of this selection. */
  public Selection at(int[] positions) {
    return new Selection(samples, Arrays.stream(positions).map(p -> indices[p]).toArray());
  }
}
