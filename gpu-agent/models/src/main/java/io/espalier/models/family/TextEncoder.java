package io.espalier.models.family;

/** A family that reads texts, or pairs of them, as a whole. */
public sealed interface TextEncoder extends Family permits Bert, DistilBert, Roberta {

  int vocabulary();

  /** Most tokens of a sample. */
  int longest();

  /** Kinds of tokens that it tells apart. */
  int segments();

  /** The linear layer that gives the logits. */
  default String lastLayer() {
    return "classifier";
  }

  /** Number of the token that fills up short samples. */
  int padding();
}
