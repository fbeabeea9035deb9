package io.espalier.trainer.probe;

/**
 * Features brought to mean 0 and deviation 1, and the way back for a head that was fitted there.
 */
final class Standardised {

  /** Below this deviation a column says nothing and is left at 0. */
  private static final double CONSTANT = 1e-8;

  private final Features features;
  private final double[] mean;
  private final double[] factor;

  Standardised(Features features) {
    this.features = features;
    int width = features.width();
    mean = new double[width];
    factor = new double[width];
    for (int row = 0; row < features.size(); row++) {
      for (int column = 0; column < width; column++) {
        mean[column] += features.value(row, column) / features.size();
      }
    }
    double[] variance = new double[width];
    for (int row = 0; row < features.size(); row++) {
      for (int column = 0; column < width; column++) {
        double off = features.value(row, column) - mean[column];
        variance[column] += off * off / features.size();
      }
    }
    for (int column = 0; column < width; column++) {
      double deviation = Math.sqrt(variance[column]);
      factor[column] = deviation < CONSTANT ? 0 : 1 / deviation;
    }
  }

  /** All values, row by row. */
  float[] values() {
    return values(features);
  }

  /** Other features on the same scale. */
  float[] values(Features others) {
    int width = others.width();
    float[] values = new float[others.size() * width];
    for (int row = 0; row < others.size(); row++) {
      for (int column = 0; column < width; column++) {
        values[row * width + column] =
            (float) ((others.value(row, column) - mean[column]) * factor[column]);
      }
    }
    return values;
  }

  /** The head on the features as they are that does what {@code w} does on these. */
  LinearHead head(double[] w, int classes) {
    int width = features.width();
    float[] weight = new float[classes * width];
    float[] bias = new float[classes];
    for (int label = 0; label < classes; label++) {
      double shift = w[label * (width + 1) + width];
      for (int column = 0; column < width; column++) {
        double scaled = w[label * (width + 1) + column] * factor[column];
        weight[label * width + column] = (float) scaled;
        shift -= scaled * mean[column];
      }
      bias[label] = (float) shift;
    }
    return new LinearHead(classes, width, weight, bias);
  }
}
