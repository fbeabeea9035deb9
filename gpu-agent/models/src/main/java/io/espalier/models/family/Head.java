package io.espalier.models.family;

/** What a model is asked for: it decides the layers above the backbone, the labels and the loss. */
public sealed interface Head {

  /**
   * One answer for a whole image or text.
   *
   * @param labels rows of the last layer
   */
  record Classification(int labels, Targets targets) implements Head {
    public static Classification of(int labels) {
      return new Classification(labels, Targets.SINGLE_LABEL);
    }
  }

  /** One class for every token. */
  record TokenClassification(int labels) implements Head {}

  /** The next token, after all before it. */
  record LanguageModelling() implements Head {}

  /** A text for a text. */
  record SequenceToSequence() implements Head {}

  /** Which text belongs to which image. */
  record Matching() implements Head {}

  /** What the labels of a classification are, named as {@code problem_type} is. */
  enum Targets {
    /** One class: cross-entropy. */
    SINGLE_LABEL("single_label_classification"),
    /** For each class whether it applies: binary cross-entropy. */
    MULTI_LABEL("multi_label_classification"),
    /** A number for each row: squared error. */
    REGRESSION("regression");

    private final String problemType;

    Targets(String problemType) {
      this.problemType = problemType;
    }

    /** As {@code config.json} calls it. */
    public String problemType() {
      return problemType;
    }
  }
}
