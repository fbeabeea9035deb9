package io.espalier.models.graph;

/** How a parameter begins when no checkpoint gives it. */
public enum Initial {
  /** Normal around 0, with the deviation that the model's configuration asks for. */
  NORMAL,
  ZEROS,
  ONES,
  /**
   * Uniform within ±1/√(inputs), as PEFT draws the first matrix of an adapter. Kaiming He et al.
   * 2015, arXiv:1502.01852.
   */
  UNIFORM_BY_INPUTS
}
