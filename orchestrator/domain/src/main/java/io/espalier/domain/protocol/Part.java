package io.espalier.domain.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Which blocks a partial training trains besides the head. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Part.UpperHalf.class, name = "UPPER_HALF"),
  @JsonSubTypes.Type(value = Part.LastBlocks.class, name = "LAST_BLOCKS"),
  @JsonSubTypes.Type(value = Part.FirstBlock.class, name = "FIRST_BLOCK"),
  @JsonSubTypes.Type(value = Part.NormsAndBiases.class, name = "NORMS_AND_BIASES")
})
public sealed interface Part {

  /** Half of the blocks, rounded up. */
  record UpperHalf() implements Part {}

  /** So many blocks below the head. */
  record LastBlocks(int blocks) implements Part {}

  /**
   * The first block and what is below it: for data that look different, but mean what the base
   * model's did. Lee et al. 2022, "Surgical fine-tuning", arXiv:2210.11466.
   */
  record FirstBlock() implements Part {}

  /** Of every block its norms and biases. Ben Zaken et al. 2021, "BitFit", arXiv:2106.10199. */
  record NormsAndBiases() implements Part {}
}
