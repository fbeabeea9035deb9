package io.espalier.models.graph;

import java.util.List;

/**
 * Gradient descent with momentum; weight decay is added to the gradient. Sutskever et al. 2013, "On
 * the importance of initialization and momentum in deep learning".
 *
 * @param nesterov whether it looks ahead by one momentum
 */
public record Sgd(double momentum, boolean nesterov, double maxNorm) implements Optimizer {

  @Override
  public List<Kept> keeps() {
    return List.of(Kept.M);
  }
}
