package io.espalier.trainer.metric;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Percentile intervals. Efron and Tibshirani 1993, "An Introduction to the Bootstrap", ch. 13. */
final class Bootstrap {

  private static final int RESAMPLES = 1000;
  private static final double OUTSIDE = 0.025;

  private Bootstrap() {}

  /** A value and the two ends around it. */
  record Interval(double value, double low, double high) {
    Measure of(Metric metric) {
      return new Measure(metric, value, low, high);
    }
  }

  /**
   * Draws as many of the samples as there are, again and again. A draw that tells nothing, because
   * a class is missing in it, is left out.
   */
  static Interval around(
      double value, int samples, Function<int[], OptionalDouble> statistic, long seed) {
    var random = new SplittableRandom(seed);
    var weights = new int[samples];
    var drawn = new double[RESAMPLES];
    int told = 0;
    for (int i = 0; i < RESAMPLES && samples > 0; i++) {
      Arrays.fill(weights, 0);
      for (int draw = 0; draw < samples; draw++) weights[random.nextInt(samples)]++;
      var one = statistic.apply(weights);
      if (one.isPresent()) drawn[told++] = one.getAsDouble();
    }
    if (told == 0) return new Interval(value, value, value);
    var sorted = Arrays.copyOf(drawn, told);
    Arrays.sort(sorted);
    return new Interval(value, quantile(sorted, OUTSIDE), quantile(sorted, 1 - OUTSIDE));
  }

  /** Between two neighbours in a straight line, as numpy's percentile is. */
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
