package io.espalier.trainer.engine;

import io.espalier.models.weights.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
  public static final long UNLABELLED = -100;

  private static final String LABELS = "labels";

  public Batch {
    inputs = Map.copyOf(inputs);
  }

  /** Targets are counted from {@code labels}; without labels there are none. */
  public static Batch of(Map<String, Tensor> inputs) {
    var labels = inputs.get(LABELS);
    if (labels == null) return new Batch(inputs, 0);
    return new Batch(inputs, labels.isFloating() ? labels.elements() : labelled(labels, 0));
  }

  /** The same where each place of {@code labels} (B, T) is told by the place before. */
  public static Batch ofNextTokens(Map<String, Tensor> inputs) {
    var labels = inputs.get(LABELS);
    return new Batch(inputs, labels == null ? 0 : labelled(labels, 1));
  }

  /** Labels of each row from one place on. */
  private static long labelled(Tensor labels, int from) {
    long columns = labels.shape().isEmpty() ? 1 : labels.shape().getLast();
    long targets = 0, place = 0;
    for (long label : labels.longs())
      if (place++ % columns >= from && label != UNLABELLED) targets++;
    return targets;
  }

  /** {@code pixels} (B, channels, side, side), row by row; {@code labels} (B). */
  public static Batch images(float[] pixels, int channels, int side, long[] labels) {
    return of(
        Map.of(
            "pixel_values", Tensor.of(pixels, labels.length, channels, side, side),
            "labels", Tensor.of(labels, labels.length)));
  }

  /**
   * The samples in parts of at most {@code most}: every input is cut along its first dimension. A
   * loss over a part is still divided by the targets of all. Inputs of different lengths cannot be
   * cut: some belong to all samples.
   */
  public List<Batch> parts(int most) {
    var lengths = lengths();
    if (lengths.size() != 1 || lengths.getFirst() <= most) return List.of(this);
    int samples = Math.toIntExact(lengths.getFirst());
    var parts = new ArrayList<Batch>();
    for (int from = 0; from < samples; from += most) {
      int first = from;
      int count = Math.min(most, samples - from);
      var cut = new HashMap<String, Tensor>();
      inputs.forEach((name, tensor) -> cut.put(name, rows(tensor, first, count)));
      parts.add(new Batch(cut, targets));
    }
    return parts;
  }

  /**
   * One of {@code count} parts that are as large as each other or nearly so, in the order of the
   * samples; its loss too is divided by the targets of all.
   *
   * @throws IllegalArgumentException where there are fewer samples than parts, or they cannot be
   *     cut
   */
  public Batch share(int part, int count) {
    int samples = samples();
    if (samples < count)
      throw new IllegalArgumentException(samples + " samples in " + count + " parts");
    int from = shareBegin(samples, part, count), to = shareBegin(samples, part + 1, count);
    var cut = new HashMap<String, Tensor>();
    inputs.forEach((name, tensor) -> cut.put(name, rows(tensor, from, to - from)));
    return new Batch(cut, targets);
  }

  /** Where a share of so many samples begins. */
  public static int shareBegin(int samples, int part, int count) {
    return Math.toIntExact((long) samples * part / count);
  }

  /** Length of the first dimension, which must be that of all inputs. */
  public int samples() {
    var lengths = lengths();
    if (lengths.size() != 1)
      throw new IllegalArgumentException("inputs of " + lengths + " rows cannot be cut");
    return Math.toIntExact(lengths.getFirst());
  }

  private List<Long> lengths() {
    return inputs.values().stream().map(input -> input.shape().getFirst()).distinct().toList();
  }

  private static Tensor rows(Tensor tensor, int from, int count) {
    var shape = new ArrayList<>(tensor.shape());
    long bytesPerRow = tensor.bytes().byteSize() / shape.getFirst();
    shape.set(0, (long) count);
    var bytes = tensor.bytes().asSlice(from * bytesPerRow, count * bytesPerRow);
    return new Tensor(tensor.type(), shape, bytes);
  }

  public Tensor input(String name) {
    var input = inputs.get(name);
    if (input == null)
      throw new IllegalArgumentException("no input " + name + " among " + inputs.keySet());
    return input;
  }
}
