package io.espalier.trainer.probe;

import java.util.Arrays;

/** What a model's head sees: (samples, width) row by row, with labels where there are classes. */
public final class Features {

  private final int width;
  private final float[] values;
  private final int[] labels;
  private final int classes;

  /** The arrays are handed over. */
  public Features(int width, float[] values, int[] labels, int classes) {
    if (values.length != (long) width * labels.length) {
      throw new IllegalArgumentException(
          "%d rows of %d are not %d values".formatted(labels.length, width, values.length));
    }
    this.width = width;
    this.values = values;
    this.labels = labels;
    this.classes = classes;
  }

  /** Of samples that do not belong to one class each. */
  public static Features unlabelled(int width, float[] values) {
    return new Features(width, values);
  }

  private Features(int width, float[] values) {
    this.width = width;
    this.values = values;
    this.labels = new int[0];
    this.classes = 0;
  }

  public int size() {
    return values.length / width;
  }

  /** What a linear head on them is fitted to. */
  public HeadLoss wanted() {
    return new HeadLoss.OneClass(classes, Arrays.stream(labels).boxed().toList());
  }

  public int width() {
    return width;
  }

  public int classes() {
    return classes;
  }

  public int label(int row) {
    return labels[row];
  }

  float value(int row, int column) {
    return values[row * width + column];
  }

  /** No value is farther from 0. */
  public double reach() {
    double reach = 0;
    for (float value : values) {
      reach = Math.max(reach, Math.abs(value));
    }
    return reach;
  }

  /** These rows, in this order. */
  public Features rows(int[] rows) {
    float[] some = new float[rows.length * width];
    int[] theirs = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, rows[i] * width, some, i * width, width);
      theirs[i] = labels[rows[i]];
    }
    return new Features(width, some, theirs, classes);
  }

  /** Share of the most frequent class. */
  public double chance() {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return Arrays.stream(counts).max().orElse(0) / (double) Math.max(1, size());
  }
}
