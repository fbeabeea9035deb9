package io.espalier.trainer.engine;

import io.espalier.models.weights.Tensor;
import java.util.Map;

/**
 * Samples that go through the model together.
 *
 * @param inputs by the names that the model's family gives them, such as {@code pixel_values} and
 *     {@code labels}
 * @param targets what a loss over it is divided by: the samples that have a label
 */
public record Batch(Map<String, Tensor> inputs, long targets) {

  /** As the loss leaves out samples without a label. */
  private static final long UNLABELLED = -100;

  public Batch {
    inputs = Map.copyOf(inputs);
  }

  /** Targets are counted from {@code labels}; without labels there are none. */
  public static Batch of(Map<String, Tensor> inputs) {
    var labels = inputs.get("labels");
    long targets = 0;
    if (labels != null) for (long label : labels.longs()) if (label != UNLABELLED) targets++;
    return new Batch(inputs, targets);
  }

  /** {@code pixels} (B, channels, side, side), row by row; {@code labels} (B). */
  public static Batch images(float[] pixels, int channels, int side, long[] labels) {
    return of(
        Map.of(
            "pixel_values", Tensor.of(pixels, labels.length, channels, side, side),
            "labels", Tensor.of(labels, labels.length)));
  }

  public Tensor input(String name) {
    var input = inputs.get(name);
    if (input == null)
      throw new IllegalArgumentException("no input " + name + " among " + inputs.keySet());
    return input;
  }
}
