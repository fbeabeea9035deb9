package io.espalier.datasets.split;

/**
 * How much is held out where a data set does not say.
 *
 * @param testShare of each class, where there is no test split
 * @param validationShare of each class's training samples, where there is no validation split
 * @param mostValidation samples of all classes together that validation may take
 */
public record SplitRules(double testShare, double validationShare, int mostValidation) {

  /** A fifth for the test, 15 % of the rest for validation, 1,000 samples at most. */
  public static final SplitRules DEFAULT = new SplitRules(0.2, 0.15, 1000);
}
