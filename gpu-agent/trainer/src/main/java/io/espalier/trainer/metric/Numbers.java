package io.espalier.trainer.metric;

import java.util.List;
import java.util.OptionalDouble;

/** A number for each sample. */
public final class Numbers implements Judged {

  private final double[] told;
  private final double[] wanted;

  public Numbers(double[] told, double[] wanted) {
    if (told.length != wanted.length)
      throw new IllegalArgumentException(
          "%d answers for %d samples".formatted(told.length, wanted.length));
    this.told = told.clone();
    this.wanted = wanted.clone();
  }

  @Override
  public int samples() {
    return wanted.length;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.RMSE, Metric.MAE, Metric.PEARSON);
  }

  @Override
  public OptionalDouble value(Metric metric, int[] weights) {
    return switch (metric) {
      case RMSE -> {
        double sum = 0, all = 0;
        for (int i = 0; i < wanted.length; i++) {
          sum += weights[i] * (told[i] - wanted[i]) * (told[i] - wanted[i]);
          all += weights[i];
        }
        yield all == 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.sqrt(sum / all));
      }
      case MAE -> {
        double sum = 0, all = 0;
        for (int i = 0; i < wanted.length; i++) {
          sum += weights[i] * Math.abs(told[i] - wanted[i]);
          all += weights[i];
        }
        yield all == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / all);
      }
      case PEARSON -> correlation(weights);
      case ACCURACY,
          MACRO_F1,
          MICRO_F1,
          AUC,
          ENTITY_F1,
          PERPLEXITY,
          EXACT_MATCH,
          ROUGE_1,
          ROUGE_2,
          ROUGE_L ->
          throw new IllegalArgumentException("numbers have no " + metric);
    };
  }

  public double told(int sample) {
    return told[sample];
  }

  public double wanted(int sample) {
    return wanted[sample];
  }

  /** Empty where one side is always the same number. */
  private OptionalDouble correlation(int[] weights) {
    double all = 0, a = 0, b = 0;
    for (int i = 0; i < wanted.length; i++) {
      all += weights[i];
      a += weights[i] * told[i];
      b += weights[i] * wanted[i];
    }
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < wanted.length; i++) {
      double x = told[i] - a / all, y = wanted[i] - b / all;
      ab += weights[i] * x * y;
      aa += weights[i] * x * x;
      bb += weights[i] * y * y;
    }
    return aa > 0 && bb > 0 ? OptionalDouble.of(ab / Math.sqrt(aa * bb)) : OptionalDouble.empty();
  }
}
