package io.espalier.domain.protocol;

/**
 * In which numbers a training computes, and what it keeps of them.
 *
 * @param recompute keeps only what crosses from layer to layer, and computes the rest again for the
 *     backward pass: a third more work in far less memory
 */
public record Numerics(Precision precision, boolean recompute) {

  public static final Numerics F32 = new Numerics(Precision.F32, false);

  public enum Precision {
    /** 32 bits throughout. */
    F32,
    /**
     * Matrix products and frozen matrices in 16 bits with the range of 32; what trains, norms,
     * losses and the optimizer stay in 32.
     */
    BF16
  }
}
