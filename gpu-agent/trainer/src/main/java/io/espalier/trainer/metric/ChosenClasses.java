package io.espalier.trainer.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** One class for each sample. */
public final class ChosenClasses implements Judged {

  private final int classes;
  private final int[] wanted;
  private final int[] chosen;
  private final double[][] shares;
  private final List<RankCurve> curves = new ArrayList<>();

  /**
   * @param logits (samples, classes)
   * @param wanted class of each sample
   */
  public ChosenClasses(int classes, List<float[]> logits, int[] wanted) {
    if (logits.size() != wanted.length)
      throw new IllegalArgumentException(
          "%d answers for %d samples".formatted(logits.size(), wanted.length));
    this.classes = classes;
    this.wanted = wanted.clone();
    chosen = new int[wanted.length];
    shares = new double[wanted.length][];
    for (int i = 0; i < wanted.length; i++) {
      shares[i] = Probabilities.softmax(logits.get(i));
      chosen[i] = Probabilities.highest(logits.get(i));
    }
  }

  @Override
  public int samples() {
    return wanted.length;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.ACCURACY, Metric.MACRO_F1, Metric.AUC);
  }

  @Override
  public OptionalDouble value(Metric metric, int[] weights) {
    return switch (metric) {
      case ACCURACY -> accuracy(weights);
      case MACRO_F1 -> counts(weights).macroF1(true);
      case AUC -> area(weights);
      case MICRO_F1,
          ENTITY_F1,
          RMSE,
          MAE,
          PEARSON,
          PERPLEXITY,
          EXACT_MATCH,
          ROUGE_1,
          ROUGE_2,
          ROUGE_L ->
          throw new IllegalArgumentException("classes have no " + metric);
    };
  }

  /** The class with the highest logit; −1 where none is a number above −∞. */
  public int chosen(int sample) {
    return chosen[sample];
  }

  public int wanted(int sample) {
    return wanted[sample];
  }

  /** The probability of the chosen class. */
  public double confidence(int sample) {
    return chosen[sample] < 0 ? 0 : shares[sample][chosen[sample]];
  }

  /** Rows are true classes, columns are predicted ones. */
  public List<List<Integer>> confusion() {
    var counts = new int[classes][classes];
    for (int i = 0; i < wanted.length; i++) if (chosen[i] >= 0) counts[wanted[i]][chosen[i]]++;
    return Confusion.rows(counts);
  }

  private OptionalDouble accuracy(int[] weights) {
    long right = 0, all = 0;
    for (int i = 0; i < wanted.length; i++) {
      all += weights[i];
      if (chosen[i] == wanted[i]) right += weights[i];
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / all);
  }

  private Counts counts(int[] weights) {
    var counts = new Counts(classes);
    for (int i = 0; i < wanted.length; i++)
      if (chosen[i] >= 0) counts.add(chosen[i], wanted[i], weights[i]);
      else counts.add(wanted[i], false, true, weights[i]);
    return counts;
  }

  /** Of two classes the second one's curve; of more the mean of those that occur. */
  private OptionalDouble area(int[] weights) {
    if (curves.isEmpty())
      for (int label = classes == 2 ? 1 : 0; label < classes; label++) curves.add(curve(label));
    return Probabilities.meanArea(curves, weights);
  }

  private RankCurve curve(int label) {
    var scores = new double[wanted.length];
    var belongs = new boolean[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      scores[i] = shares[i][label];
      belongs[i] = wanted[i] == label;
    }
    return new RankCurve(scores, belongs);
  }
}
