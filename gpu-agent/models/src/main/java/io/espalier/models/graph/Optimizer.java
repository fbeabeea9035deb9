package io.espalier.models.graph;

import java.util.List;

/** How gradients change what trains. A step whose gradient norm is not finite changes nothing. */
public sealed interface Optimizer permits AdamW, Sgd {

  /** At which the global gradient norm is clipped; infinity does not. */
  double maxNorm();

  /** What is kept for every trained parameter, in the order in which the script takes it. */
  List<Kept> keeps();

  /** How many numbers are kept for each that trains. */
  default int moments() {
    return (int) keeps().stream().filter(kept -> kept != Kept.T).count();
  }

  /** Something kept from step to step. */
  enum Kept {
    /** A running mean of gradients, of the parameter's shape. */
    M,
    /** A running mean of their squares, of the parameter's shape. */
    V,
    /** How many steps were made: one number. */
    T;

    /** The name of its list in the script. */
    public String list() {
      return this == M ? "m" : this == V ? "v" : "t";
    }
  }
}
