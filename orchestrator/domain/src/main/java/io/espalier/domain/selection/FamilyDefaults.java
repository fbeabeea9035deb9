package io.espalier.domain.selection;

import io.espalier.domain.protocol.Protocol;

/**
 * What a family of models is known to like, from the literature; start values until outcomes of our
 * own speak.
 *
 * @param rate AdamW's rate for the whole of a published model of width 768
 * @param narrowness the power of the width's inverse by which the rate of a narrower model rises
 * @param mostRate smaller models take larger rates, up to this one
 * @param layerDecay factor of the rate from one block to the one below
 * @param changesStronglyFromScratch whether new weights want their samples changed strongly
 */
record FamilyDefaults(
    double rate,
    double narrowness,
    double mostRate,
    double layerDecay,
    boolean changesStronglyFromScratch) {

  private static final double PUBLISHED_WIDTH = 768;

  /** With all linear layers LoRA wants about ten times the full rate. */
  private static final double LORA = 10;

  private static final double MOST_LORA = 5e-3;

  /** The rates of lower blocks fall behind, so the upper ones may have more. */
  private static final double LAYER_WISE = 1.5;

  /** ViT: Steiner et al. 2021, arXiv:2106.10270. */
  private static final FamilyDefaults OF_IMAGES = new FamilyDefaults(5e-5, 1.5, 1e-3, 0.75, true);

  /**
   * BERT: 2e-5 to 5e-5 (Devlin et al. 2018, arXiv:1810.04805), a width of 256 up to 3e-4 (Turc et
   * al. 2019, arXiv:1908.08962). The starter of width 128 learns more at 1e-3 than at 3e-4.
   */
  private static final FamilyDefaults OF_TEXTS = new FamilyDefaults(3e-5, 2, 1e-3, 0.85, false);

  static FamilyDefaults of(ModelFacts model) {
    return switch (model.family()) {
      case "bert", "distilbert", "roberta" -> OF_TEXTS;
      default -> OF_IMAGES;
    };
  }

  double learningRate(Protocol protocol, int hidden) {
    double full = Math.min(mostRate, rate * Math.pow(PUBLISHED_WIDTH / hidden, narrowness));
    return switch (protocol) {
      case LORA -> Math.min(MOST_LORA, LORA * full);
      case LAYER_WISE -> LAYER_WISE * full;
      case LINEAR_PROBE, PARTIAL, FULL, FROM_SCRATCH -> full;
    };
  }
}
