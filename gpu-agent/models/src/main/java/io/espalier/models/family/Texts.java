package io.espalier.models.family;

import io.espalier.models.weights.Tensor;
import java.util.Map;

/** What families of texts have in common. */
final class Texts {

  /** Of a sentence or two; what a cost is told of before the texts are known. */
  private static final int USUAL_TOKENS = 64;

  private Texts() {}

  /** (size, size): {@code value} on the diagonal, 0 elsewhere. */
  static Tensor diagonal(int size, float value) {
    var values = new float[size * size];
    for (int i = 0; i < size; i++) values[i * (size + 1)] = value;
    return Tensor.of(values, size, size);
  }

  static Map<String, Long> usualSample(int positions) {
    return Map.of("B", 1L, "T", (long) Math.min(positions, USUAL_TOKENS));
  }
}
