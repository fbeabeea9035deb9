package io.espalier.trainer.probe;

import java.util.Arrays;

/**
 * The best linear head on features: the mean loss plus ½ λ |W|² on standardised features, biases
 * free. Convex, so the answer does not depend on where the search starts. Of classes it is
 * multinomial logistic regression, of sets of classes one logistic regression for each, of numbers
 * ridge regression.
 */
public final class LinearFit {

  private static final int MOST_ITERATIONS = 100;
  private static final double ENOUGH = 1e-4;

  private final Standardised space;
  private final float[] values;
  private final Features features;
  private final HeadLoss wanted;
  private double[] start;

  /** A problem that can be solved for several λ; each solution starts the next search. */
  public LinearFit(Features features, HeadLoss wanted) {
    this.features = features;
    this.wanted = wanted;
    this.space = new Standardised(features);
    this.values = space.values();
    this.start = new double[wanted.outputs() * (features.width() + 1)];
  }

  /** The best head for this λ. */
  public LinearHead fit(double lambda) {
    start = new Lbfgs(MOST_ITERATIONS, ENOUGH).minimise(new Penalised(lambda), start);
    return wanted.unscaled(space.head(start, wanted.outputs()));
  }

  /** Weights lie output by output, each followed by its bias. */
  private final class Penalised implements Lbfgs.Function {

    private final double lambda;

    Penalised(double lambda) {
      this.lambda = lambda;
    }

    @Override
    public double at(double[] w, double[] gradient) {
      int width = features.width();
      int outputs = wanted.outputs();
      int stride = width + 1;
      Arrays.fill(gradient, 0);
      double loss = 0;
      double share = 1.0 / features.size();
      double[] z = new double[outputs];
      for (int row = 0; row < features.size(); row++) {
        int x = row * width;
        for (int output = 0; output < outputs; output++) {
          z[output] = dot(w, output * stride, x, width) + w[output * stride + width];
        }
        loss += share * wanted.of(row, z);
        for (int output = 0; output < outputs; output++) {
          double off = share * z[output];
          int to = output * stride;
          for (int column = 0; column < width; column++) {
            gradient[to + column] += off * values[x + column];
          }
          gradient[to + width] += off;
        }
      }
      for (int output = 0; output < outputs; output++) {
        for (int i = output * stride; i < output * stride + width; i++) {
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
}
