package io.espalier.models.graph;

/** How a parameter begins when no checkpoint gives it. */
public sealed interface Initial {

  /** Normal around 0, with the deviation that the model's configuration asks for. */
  Initial NORMAL = new Usual();

  Initial ZEROS = new Constant(0);
  Initial ONES = new Constant(1);

  record Usual() implements Initial {}

  /** Normal around 0 with a deviation of its own. */
  record Normal(double deviation) implements Initial {}

  record Constant(double value) implements Initial {}

  /**
   * Uniform within ±1/√(inputs), as PEFT draws the first matrix of an adapter. Kaiming He et al.
   * 2015, arXiv:1502.01852.
   */
  record UniformByInputs() implements Initial {}

  /** Normal with deviation √(2/(outputs·k·k)): convolutions before ReLU. The same source. */
  record KaimingByOutputs() implements Initial {}
}
