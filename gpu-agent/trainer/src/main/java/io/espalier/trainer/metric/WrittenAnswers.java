package io.espalier.trainer.metric;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;

/** Texts beside those that were wanted. */
public final class WrittenAnswers implements Judged {

  private final int size;
  private final Map<Metric, double[]> scores = new EnumMap<>(Metric.class);

  public WrittenAnswers(List<String> answers, List<String> wanted) {
    if (answers.size() != wanted.size())
      throw new IllegalArgumentException(
          "%d answers for %d questions".formatted(answers.size(), wanted.size()));
    size = answers.size();
    score(Metric.EXACT_MATCH, answers, wanted, Wording::exactMatch);
    score(Metric.ROUGE_1, answers, wanted, (a, b) -> Wording.rouge(a, b, 1));
    score(Metric.ROUGE_2, answers, wanted, (a, b) -> Wording.rouge(a, b, 2));
    score(Metric.ROUGE_L, answers, wanted, Wording::rougeL);
  }

  private void score(
      Metric metric,
      List<String> answers,
      List<String> wanted,
      ToDoubleBiFunction<String, String> score) {
    var each = new double[size];
    for (int i = 0; i < size; i++) each[i] = score.applyAsDouble(answers.get(i), wanted.get(i));
    scores.put(metric, each);
  }

  @Override
  public int samples() {
    return size;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.EXACT_MATCH, Metric.ROUGE_1, Metric.ROUGE_2, Metric.ROUGE_L);
  }

  @Override
  public OptionalDouble value(Metric metric, int[] weights) {
    var each = scores.get(metric);
    if (each == null) throw new IllegalArgumentException("answers have no " + metric);
    double sum = 0, all = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i] * each[i];
      all += weights[i];
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / all);
  }
}
