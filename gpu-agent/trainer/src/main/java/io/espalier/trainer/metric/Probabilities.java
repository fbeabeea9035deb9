package io.espalier.trainer.metric;

import java.util.List;
import java.util.OptionalDouble;

/** Logits as probabilities. */
public final class Probabilities {

  private Probabilities() {}

  /** Of classes of which one applies. */
  public static double[] softmax(float[] logits) {
    double highest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) highest = Math.max(highest, logit);
    var shares = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      shares[i] = Math.exp(logits[i] - highest);
      sum += shares[i];
    }
    for (int i = 0; i < logits.length; i++) shares[i] /= sum;
    return shares;
  }

  /** Of a label that applies or does not. */
  public static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  /** Place of the highest; −1 where none is a number above −∞. */
  public static int highest(float[] logits) {
    int best = -1;
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++)
      if (logits[i] > highest) {
        highest = logits[i];
        best = i;
      }
    return best;
  }

  static OptionalDouble meanArea(List<RankCurve> curves, int[] weights) {
    return curves.stream()
        .map(curve -> curve.area(weights))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }
}
