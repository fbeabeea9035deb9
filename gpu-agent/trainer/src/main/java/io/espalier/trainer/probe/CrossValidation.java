package io.espalier.trainer.probe;

import io.espalier.domain.selection.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** How well a linear head does on samples that it was not fitted on. */
public final class CrossValidation {

  /** Strengths of regularisation that are tried, from strong to weak. */
  public static final List<Double> LAMBDAS = List.of(1.0, 0.1, 0.01, 1e-3, 1e-4);

  private CrossValidation() {}

  /**
   * Accuracy over folds that hold each class in equal shares, at the λ that is best on average; ±
   * the standard error over the folds.
   */
  public static Estimate accuracy(Features features, int folds, long seed) {
    int[] foldOf = stratified(features, folds, seed);
    double[][] accuracy = new double[LAMBDAS.size()][folds];
    for (int fold = 0; fold < folds; fold++) {
      Features rest = features.rows(where(foldOf, fold, false));
      Features heldOut = features.rows(where(foldOf, fold, true));
      LinearFit regression = new LinearFit(rest, rest.wanted());
      for (int i = 0; i < LAMBDAS.size(); i++) {
        accuracy[i][fold] = regression.fit(LAMBDAS.get(i)).accuracy(heldOut);
      }
    }
    Estimate best = estimate(accuracy[0]);
    for (double[] ofFolds : accuracy) {
      Estimate estimate = estimate(ofFolds);
      if (estimate.mean() > best.mean()) {
        best = estimate;
      }
    }
    return best;
  }

  private static Estimate estimate(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new Estimate(mean, Math.sqrt(squares / (values.length - 1) / values.length));
  }

  /** The samples of each class are dealt to the folds in turn, in random order. */
  private static int[] stratified(Features features, int folds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> order = new ArrayList<>();
    for (int row = 0; row < features.size(); row++) {
      order.add(random.nextInt(row + 1), row);
    }
    int[] dealt = new int[features.classes()];
    int[] foldOf = new int[features.size()];
    for (int row : order) {
      int label = features.label(row);
      foldOf[row] = (label + dealt[label]++) % folds;
    }
    return foldOf;
  }

  private static int[] where(int[] foldOf, int fold, boolean in) {
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < foldOf.length; row++) {
      if ((foldOf[row] == fold) == in) {
        rows.add(row);
      }
    }
    return rows.stream().mapToInt(row -> row).toArray();
  }
}
