package io.espalier.models.graph;

/** Functions applied to each element. */
public enum Activation {
  /** Exact, by the error function. Hendrycks and Gimpel 2016, arXiv:1606.08415. */
  GELU,
  /** The same approximated by tanh. */
  GELU_TANH,
  RELU,
  SILU,
  TANH
}
