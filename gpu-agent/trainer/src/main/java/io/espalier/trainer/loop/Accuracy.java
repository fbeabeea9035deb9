package io.espalier.trainer.loop;

import io.espalier.models.weights.Tensor;

/** Counts right answers. */
final class Accuracy {

  private Accuracy() {}

  /** {@code logits} (B, classes), {@code labels} (B); a row without a finite highest is wrong. */
  static long right(Tensor logits, Tensor labels) {
    var scores = logits.floats();
    var wanted = labels.longs();
    int classes = Math.toIntExact(logits.shape().get(1));
    long right = 0;
    for (int sample = 0; sample < wanted.length; sample++) {
      int best = -1;
      float highest = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        float score = scores[sample * classes + c];
        if (score > highest) {
          highest = score;
          best = c;
        }
      }
      if (best == wanted[sample]) right++;
    }
    return right;
  }
}
