package io.espalier.simulation.store;

/** Something that must never be the case is. */
public final class Violation extends RuntimeException {

  private static final long serialVersionUID = 1;

  public Violation(String sentence) {
    super(sentence);
  }
}
