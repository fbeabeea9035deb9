package io.espalier.domain.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How fast the blocks of a model learn beside its head. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = LayerRates.Equal.class, name = "EQUAL"),
  @JsonSubTypes.Type(value = LayerRates.ByDepth.class, name = "BY_DEPTH"),
  @JsonSubTypes.Type(value = LayerRates.ByGradient.class, name = "BY_GRADIENT")
})
public sealed interface LayerRates {

  /** All alike. */
  record Equal() implements LayerRates {}

  /**
   * Each block learns {@code factor} times as fast as the one above it. Clark et al. 2020,
   * arXiv:2003.10555, appendix A.
   */
  record ByDepth(double factor) implements LayerRates {}

  /**
   * In proportion to how large a block's gradient is against its weights, measured on the base
   * model before the first step; the block with most has the full rate. Lee et al. 2022,
   * arXiv:2210.11466, "Auto-RGN".
   *
   * @param batches to measure with
   */
  record ByGradient(int batches) implements LayerRates {
    public static final ByGradient USUAL = new ByGradient(5);
  }
}
