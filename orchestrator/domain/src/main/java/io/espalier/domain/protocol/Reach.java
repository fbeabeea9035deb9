package io.espalier.domain.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What of the model trains, how fast, and from where. Each protocol reads what it has a use for.
 *
 * @param part what {@link Protocol#PARTIAL} trains
 * @param rates how fast blocks learn beside the head
 * @param adapters of {@link Protocol#LORA}; null elsewhere
 * @param head what a new head starts as
 */
public record Reach(Part part, LayerRates rates, @Nullable Adapters adapters, HeadStart head) {

  /** The upper half where it is partial, one rate for all, a head from a gentle linear probe. */
  public static final Reach DEFAULT =
      new Reach(new Part.UpperHalf(), new LayerRates.Equal(), null, HeadStart.GENTLE_PROBE);

  /** What a new head starts as. */
  public enum HeadStart {
    /** Random weights. */
    RANDOM,
    /**
     * The linear probe on the base model's features, where that is gentle enough to train the
     * backbone under; else random weights.
     */
    GENTLE_PROBE,
    /**
     * The linear probe, however steep it is: LP-FT. Kumar et al. 2022, arXiv:2202.10054. A head
     * that the model brought along for these classes is replaced too.
     */
    PROBE
  }

  public Reach with(Part other) {
    return new Reach(other, rates, adapters, head);
  }

  public Reach with(LayerRates other) {
    return new Reach(part, other, adapters, head);
  }

  public Reach with(@Nullable Adapters other) {
    return new Reach(part, rates, other, head);
  }

  public Reach with(HeadStart other) {
    return new Reach(part, rates, adapters, other);
  }
}
