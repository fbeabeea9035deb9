package io.espalier.trainer.weights;

import io.espalier.models.weights.Tensor;
import java.util.Arrays;

/** An adapter folded into the matrix that it stands beside. */
final class Merge {

  private Merge() {}

  /**
   * W (out, in) + scale · B (out, rank) · A (rank, in); products in 64 bits, as sums are long.
   *
   * @param transposed whether W is (in, out)
   */
  static Tensor of(Tensor weight, Tensor a, Tensor b, double scale, boolean transposed) {
    int out = Math.toIntExact(b.shape().get(0)), in = Math.toIntExact(a.shape().get(1));
    int rank = Math.toIntExact(a.shape().get(0));
    float[] merged = weight.floats(), first = a.floats(), second = b.floats();
    var row = new double[in];
    for (int i = 0; i < out; i++) {
      Arrays.fill(row, 0);
      for (int r = 0; r < rank; r++) {
        double factor = second[i * rank + r];
        for (int j = 0; j < in; j++) row[j] += factor * first[r * in + j];
      }
      for (int j = 0; j < in; j++)
        merged[transposed ? j * out + i : i * in + j] += (float) (scale * row[j]);
    }
    return transposed ? Tensor.of(merged, in, out) : Tensor.of(merged, out, in);
  }
}
