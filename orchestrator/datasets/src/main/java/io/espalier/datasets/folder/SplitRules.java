package io.espalier.datasets.folder;

/**
 * How much is held out where an archive does not say.
 *
 * @param testShare of each class, where there is no test folder
 * @param validationShare of each class's training images, where there is no validation folder
 * @param mostValidation images of all classes together that validation may take
 */
public record SplitRules(double testShare, double validationShare, int mostValidation) {

  /** A fifth for the test, 15 % of the rest for validation, 1,000 images at most. */
  public static final SplitRules DEFAULT = new SplitRules(0.2, 0.15, 1000);
}
