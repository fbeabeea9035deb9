package io.espalier.trainer.metric;

/** Which way a metric gets better. */
public enum Mode {
  MAX,
  MIN;

  /** Whether one value is better than another; a value that is no number is never better. */
  public boolean isBetter(double value, double than) {
    return switch (this) {
      case MAX -> value > than || (Double.isNaN(than) && !Double.isNaN(value));
      case MIN -> value < than || (Double.isNaN(than) && !Double.isNaN(value));
    };
  }
}
