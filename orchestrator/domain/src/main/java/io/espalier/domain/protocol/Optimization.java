package io.espalier.domain.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What becomes of gradients.
 *
 * @param weightDecay of matrices; biases and the weights of norms never decay
 * @param maxGradNorm global norm at which gradients are clipped
 */
public record Optimization(Rule rule, double weightDecay, double maxGradNorm) {

  public static final Optimization ADAMW = new Optimization(AdamW.USUAL, 0.01, 1);

  /** How a gradient changes a weight. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = AdamW.class, name = "ADAMW"),
    @JsonSubTypes.Type(value = Sgd.class, name = "SGD")
  })
  public sealed interface Rule {}

  /** Loshchilov and Hutter 2017, arXiv:1711.05101. Keeps two numbers for each weight. */
  public record AdamW(double beta1, double beta2, double epsilon) implements Rule {
    public static final AdamW USUAL = new AdamW(0.9, 0.999, 1e-8);
  }

  /**
   * Gradient descent with momentum; keeps one number for each weight.
   *
   * @param nesterov whether it looks ahead by one momentum
   */
  public record Sgd(double momentum, boolean nesterov) implements Rule {
    public static final Sgd USUAL = new Sgd(0.9, false);
  }

  public Optimization decaying(double decay) {
    return new Optimization(rule, decay, maxGradNorm);
  }
}
