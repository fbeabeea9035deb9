package io.espalier.trainer.data;

import io.espalier.models.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Answers as rows. */
final class Rows {

  private Rows() {}

  /** (B, labels) row by row. */
  static List<float[]> of(Tensor logits) {
    int rows = Math.toIntExact(logits.shape().getFirst());
    var all = logits.floats();
    int width = rows == 0 ? 0 : all.length / rows;
    var list = new ArrayList<float[]>();
    for (int row = 0; row < rows; row++)
      list.add(Arrays.copyOfRange(all, row * width, (row + 1) * width));
    return list;
  }

  static List<float[]> repeated(float[] row, int times) {
    return Collections.nCopies(times, row);
  }

  /** 1 for the largest count, the first of equal ones; 0 for the others. */
  static float[] oneOf(int[] counts) {
    int best = 0;
    for (int i = 1; i < counts.length; i++) if (counts[i] > counts[best]) best = i;
    var row = new float[counts.length];
    row[best] = 1;
    return row;
  }
}
