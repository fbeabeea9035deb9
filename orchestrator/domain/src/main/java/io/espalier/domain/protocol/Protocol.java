package io.espalier.domain.protocol;

/** How much of a base model is trained, from the least to the most. */
public enum Protocol {
  /** Only the head, by regularised logistic regression on cached features. */
  LINEAR_PROBE("Linear probe"),
  /** The head and some blocks. */
  PARTIAL("Partial"),
  /** Low-rank adapters on all linear layers, and the head. Hu et al. 2021, arXiv:2106.09685. */
  LORA("LoRA"),
  /** Everything; deeper blocks learn more slowly. */
  LAYER_WISE("Layer-wise"),
  /** Everything at one rate. */
  FULL("Full fine-tuning"),
  /** Everything, from new random weights. */
  FROM_SCRATCH("From scratch");

  private final String label;

  Protocol(String label) {
    this.label = label;
  }

  /** The name that people read. */
  public String label() {
    return label;
  }
}
