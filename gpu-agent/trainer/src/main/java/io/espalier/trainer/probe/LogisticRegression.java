package io.espalier.trainer.probe;

import java.util.Arrays;

/**
 * Multinomial logistic regression: the mean cross-entropy plus ½ λ |W|² on standardised features,
 * biases free. Convex, so the answer does not depend on where the search starts.
 */
public final class LogisticRegression {

  private static final int MOST_ITERATIONS = 100;
  private static final double ENOUGH = 1e-4;

  private final Standardised space;
  private final float[] values;
  private final Features features;
  private double[] start;

  /** A problem that can be solved for several λ; each solution starts the next search. */
  public LogisticRegression(Features features) {
    this.features = features;
    this.space = new Standardised(features);
    this.values = space.values();
    this.start = new double[features.classes() * (features.width() + 1)];
  }

  /** The best head for this λ. */
  public LinearHead fit(double lambda) {
    start = new Lbfgs(MOST_ITERATIONS, ENOUGH).minimise(new Loss(lambda), start);
    return space.head(start);
  }

  /** Weights lie class by class, each followed by its bias. */
  private final class Loss implements Lbfgs.Function {

    private final double lambda;

    Loss(double lambda) {
      this.lambda = lambda;
    }

    @Override
    public double at(double[] w, double[] gradient) {
      int width = features.width();
      int classes = features.classes();
      int stride = width + 1;
      Arrays.fill(gradient, 0);
      double loss = 0;
      double share = 1.0 / features.size();
      double[] p = new double[classes];
      for (int row = 0; row < features.size(); row++) {
        int x = row * width;
        for (int label = 0; label < classes; label++) {
          p[label] = dot(w, label * stride, x, width) + w[label * stride + width];
        }
        loss -= share * logSoftmax(p, features.label(row));
        for (int label = 0; label < classes; label++) {
          double off = share * (p[label] - (label == features.label(row) ? 1 : 0));
          int to = label * stride;
          for (int column = 0; column < width; column++) {
            gradient[to + column] += off * values[x + column];
          }
          gradient[to + width] += off;
        }
      }
      for (int label = 0; label < classes; label++) {
        for (int i = label * stride; i < label * stride + width; i++) {
          loss += lambda / 2 * w[i] * w[i];
          gradient[i] += lambda * w[i];
        }
      }
      return loss;
    }

    private double dot(double[] w, int from, int x, int width) {
      double sum = 0;
      for (int column = 0; column < width; column++) {
        sum += w[from + column] * values[x + column];
      }
      return sum;
    }
  }

  /** Turns logits into probabilities in place; gives the logarithm of one of them. */
  private static double logSoftmax(double[] logits, int of) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    double wanted = logits[of] - largest;
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.exp(logits[i] - largest);
      sum += logits[i];
    }
    for (int i = 0; i < logits.length; i++) {
      logits[i] /= sum;
    }
    return wanted - Math.log(sum);
  }
}
