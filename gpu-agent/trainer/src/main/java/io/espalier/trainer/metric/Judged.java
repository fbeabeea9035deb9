package io.espalier.trainer.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a model said of samples, beside what was wanted. Every metric is a function of how often
 * each sample counts, so that resampling needs no copy of anything.
 */
public sealed interface Judged
    permits ChosenClasses, LabelSets, Numbers, TaggedTokens, TokenLosses, WrittenAnswers {

  /** Of them one is drawn at a time: whole texts where tokens are judged. */
  int samples();

  /** The metrics that can be told of these answers; the first is the task's usual objective. */
  List<Metric> metrics();

  /**
   * A metric where sample {@code i} counts {@code weights[i]} times.
   *
   * @return empty where it cannot be told: an area under a curve of one class, for example
   * @throws IllegalArgumentException where the metric is not one of {@link #metrics}
   */
  OptionalDouble value(Metric metric, int[] weights);

  /** A metric of all samples; not a number where it cannot be told. */
  default double value(Metric metric) {
    int[] once = new int[samples()];
    Arrays.fill(once, 1);
    return value(metric, once).orElse(Double.NaN);
  }

  /** A metric with its interval; a function of the seed. */
  default Measure measure(Metric metric, long seed) {
    double value = value(metric);
    return Bootstrap.around(value, samples(), weights -> value(metric, weights), seed).of(metric);
  }

  /** All metrics that can be told. */
  default List<Measure> measures(long seed) {
    var measures = new ArrayList<Measure>();
    for (var metric : metrics()) {
      if (!Double.isNaN(value(metric))) measures.add(measure(metric, seed));
    }
    return List.copyOf(measures);
  }
}
