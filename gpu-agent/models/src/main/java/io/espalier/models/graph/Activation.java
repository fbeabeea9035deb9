package io.espalier.models.graph;

/** Functions applied to each element. */
public enum Activation {
  /** Exact, by the error function. Hendrycks and Gimpel 2016, arXiv:1606.08415. */
  GELU,
  /** The same approximated by tanh. */
  GELU_TANH,
  /** The same approximated as x·σ(1.702 x). */
  QUICK_GELU,
  RELU,
  /** ReLU that ends at 6. Howard et al. 2017, arXiv:1704.04861. */
  RELU6,
  SILU,
  TANH,
  IDENTITY
}
