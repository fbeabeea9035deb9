package io.espalier.trainer.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Any number of labels for each sample. A label is told where its probability is above a half. */
public final class LabelSets implements Judged {

  private final int labels;
  private final List<float[]> logits;
  private final List<boolean[]> wanted;
  private final List<RankCurve> curves = new ArrayList<>();

  /**
   * @param logits (samples, labels)
   * @param wanted for each sample which labels apply
   */
  public LabelSets(int labels, List<float[]> logits, List<boolean[]> wanted) {
    if (logits.size() != wanted.size())
      throw new IllegalArgumentException(
          "%d answers for %d samples".formatted(logits.size(), wanted.size()));
    this.labels = labels;
    this.logits = List.copyOf(logits);
    this.wanted = List.copyOf(wanted);
  }

  @Override
  public int samples() {
    return wanted.size();
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.MACRO_F1, Metric.MICRO_F1, Metric.AUC, Metric.ACCURACY);
  }

  @Override
  public OptionalDouble value(Metric metric, int[] weights) {
    return switch (metric) {
      case ACCURACY -> wholeSets(weights);
      case MACRO_F1 -> counts(weights).macroF1(false);
      case MICRO_F1 -> counts(weights).microF1();
      case AUC -> area(weights);
      case ENTITY_F1, RMSE, MAE, PEARSON, PERPLEXITY, EXACT_MATCH, ROUGE_1, ROUGE_2, ROUGE_L ->
          throw new IllegalArgumentException("sets of labels have no " + metric);
    };
  }

  /** Whether a label is told of a sample. */
  public boolean told(int sample, int label) {
    return logits.get(sample)[label] > 0;
  }

  public boolean wanted(int sample, int label) {
    return wanted.get(sample)[label];
  }

  /** Of each label: rows are whether it applies, columns whether it was told; no, then yes. */
  public List<List<List<Integer>>> confusion() {
    var all = new ArrayList<List<List<Integer>>>();
    for (int label = 0; label < labels; label++) {
      var counts = new int[2][2];
      for (int i = 0; i < samples(); i++)
        counts[wanted(i, label) ? 1 : 0][told(i, label) ? 1 : 0]++;
      all.add(Confusion.rows(counts));
    }
    return all;
  }

  /** Whether all labels of a sample are right. */
  public boolean isRight(int sample) {
    for (int label = 0; label < labels; label++)
      if (told(sample, label) != wanted(sample, label)) return false;
    return true;
  }

  private OptionalDouble wholeSets(int[] weights) {
    long right = 0, all = 0;
    for (int i = 0; i < samples(); i++) {
      all += weights[i];
      if (isRight(i)) right += weights[i];
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / all);
  }

  private Counts counts(int[] weights) {
    var counts = new Counts(labels);
    for (int i = 0; i < samples(); i++)
      for (int label = 0; label < labels; label++)
        counts.add(label, told(i, label), wanted(i, label), weights[i]);
    return counts;
  }

  private OptionalDouble area(int[] weights) {
    if (curves.isEmpty()) for (int label = 0; label < labels; label++) curves.add(curve(label));
    return Probabilities.meanArea(curves, weights);
  }

  private RankCurve curve(int label) {
    var scores = new double[samples()];
    var belongs = new boolean[samples()];
    for (int i = 0; i < samples(); i++) {
      scores[i] = logits.get(i)[label];
      belongs[i] = wanted(i, label);
    }
    return new RankCurve(scores, belongs);
  }
}
