package io.espalier.models.graph;

/** TRAIN draws dropout and smooths labels; EVAL does neither. Both can give gradients. */
public enum Mode {
  TRAIN,
  EVAL
}
