package io.espalier.trainer.metric;

import java.util.Optional;
import java.util.stream.Stream;

/** The metrics of all tasks. Definitions are those of scikit-learn, seqeval and rouge-score. */
public enum Metric {
  /** Share of right answers; of several labels at once, all of them must be right. */
  ACCURACY("accuracy", "accuracy", Mode.MAX),
  /** Mean over the classes of F1 = 2 · hits / (told + wanted). */
  MACRO_F1("macro_f1", "macro-F1", Mode.MAX),
  /** F1 of all labels together. */
  MICRO_F1("micro_f1", "micro-F1", Mode.MAX),
  /**
   * Area under the receiver operating characteristic: how often a sample of the class ranks above
   * one that is not; mean of one class against the rest. Fawcett 2006,
   * doi:10.1016/j.patrec.2005.10.010.
   */
  AUC("auc", "AUC", Mode.MAX),
  /** F1 of whole names: first and last token and the kind must be right. */
  ENTITY_F1("entity_f1", "entity F1", Mode.MAX),
  /** Root of the mean squared error. */
  RMSE("rmse", "RMSE", Mode.MIN),
  /** Mean absolute error. */
  MAE("mae", "MAE", Mode.MIN),
  /** Pearson's correlation. */
  PEARSON("pearson", "Pearson's r", Mode.MAX),
  /** e to the mean loss of a token. */
  PERPLEXITY("perplexity", "perplexity", Mode.MIN),
  /** Share of answers that are the wanted one, but for case and blanks. */
  EXACT_MATCH("exact_match", "exact match", Mode.MAX),
  /** F1 of single words. Lin 2004, aclanthology.org/W04-1013. */
  ROUGE_1("rouge1", "ROUGE-1", Mode.MAX),
  /** F1 of pairs of neighbouring words. */
  ROUGE_2("rouge2", "ROUGE-2", Mode.MAX),
  /** F1 of the longest common subsequence of words. */
  ROUGE_L("rougeL", "ROUGE-L", Mode.MAX);

  private final String key;
  private final String label;
  private final Mode mode;

  Metric(String key, String label, Mode mode) {
    this.key = key;
    this.label = label;
    this.mode = mode;
  }

  /** As job files, JSON and curves name it. */
  public String key() {
    return key;
  }

  /** The name that people read. */
  public String label() {
    return label;
  }

  public Mode mode() {
    return mode;
  }

  /** The metric of this key, in whatever case. */
  public static Optional<Metric> of(String key) {
    return Stream.of(values())
        .filter(metric -> metric.key.equalsIgnoreCase(key) || metric.name().equalsIgnoreCase(key))
        .findFirst();
  }
}
