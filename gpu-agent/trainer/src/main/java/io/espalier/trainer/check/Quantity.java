package io.espalier.trainer.check;

/**
 * What is compared, with the largest absolute difference that two correct implementations in 32-bit
 * floats may show.
 */
enum Quantity {
  CONFIG(0),
  OUTPUTS(1e-4),
  GRADIENTS(1e-5),
  GRADIENT_NORM(1e-4),
  PARAMETERS(2e-5),
  LOSSES(1e-4),
  FROZEN(0),
  MERGED(2e-5),
  VARIANT(0),
  TOKENS(0),
  PIXELS(1);

  private final double tolerance;

  Quantity(double tolerance) {
    this.tolerance = tolerance;
  }

  double tolerance() {
    return tolerance;
  }
}
