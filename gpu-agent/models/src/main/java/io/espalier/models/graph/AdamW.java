package io.espalier.models.graph;

/**
 * Decoupled weight decay, Loshchilov and Hutter 2017, arXiv:1711.05101; {@code maxNorm} clips the
 * global gradient norm, infinity does not. A step whose norm is not finite changes nothing.
 */
public record AdamW(double beta1, double beta2, double epsilon, double maxNorm) {

  public static final AdamW UNCLIPPED = new AdamW(0.9, 0.999, 1e-8, Double.POSITIVE_INFINITY);

  public AdamW clippedAt(double norm) {
    return new AdamW(beta1, beta2, epsilon, norm);
  }

  boolean clips() {
    return maxNorm < Double.POSITIVE_INFINITY;
  }
}
