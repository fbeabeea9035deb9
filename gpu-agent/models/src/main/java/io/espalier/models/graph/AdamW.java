package io.espalier.models.graph;

import java.util.List;

/** Decoupled weight decay, Loshchilov and Hutter 2017, arXiv:1711.05101. */
public record AdamW(double beta1, double beta2, double epsilon, double maxNorm)
    implements Optimizer {

  public static final AdamW UNCLIPPED = new AdamW(0.9, 0.999, 1e-8, Double.POSITIVE_INFINITY);

  public AdamW clippedAt(double norm) {
    return new AdamW(beta1, beta2, epsilon, norm);
  }

  @Override
  public List<Kept> keeps() {
    return List.of(Kept.M, Kept.V, Kept.T);
  }
}
