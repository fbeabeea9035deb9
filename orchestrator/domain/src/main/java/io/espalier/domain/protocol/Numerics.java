package io.espalier.domain.protocol;

import java.util.Locale;

/**
 * In which numbers a training computes, and what it keeps of them.
 *
 * @param recompute keeps only what crosses from layer to layer, and computes the rest again for the
 *     backward pass: a third more work in far less memory
 */
public record Numerics(Precision precision, boolean recompute) {

  public static final Numerics F32 = new Numerics(Precision.F32, false);
  public static final Numerics AUTO = new Numerics(Precision.AUTO, false);

  /** The same where the choice was left to the device, which likes {@code precision} best. */
  public Numerics settled(Precision precision) {
    return this.precision == Precision.AUTO ? new Numerics(precision, recompute) : this;
  }

  public enum Precision {
    /** What the device that trains is fastest in, for the model. */
    AUTO,
    /** 32 bits throughout. */
    F32,
    /**
     * Matrix products and frozen matrices in 16 bits with the range of 32; what trains, norms,
     * losses and the optimizer stay in 32.
     */
    BF16;

    public String told() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
