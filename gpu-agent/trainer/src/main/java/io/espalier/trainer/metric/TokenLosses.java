package io.espalier.trainer.metric;

import java.util.List;
import java.util.OptionalDouble;

/** How surprised a model was by texts; samples are texts, or batches of them. */
public final class TokenLosses implements Judged {

  private final double[] losses;
  private final long[] tokens;

  /**
   * @param losses sum of each text's tokens, in nats
   * @param tokens of each text
   */
  public TokenLosses(double[] losses, long[] tokens) {
    if (losses.length != tokens.length)
      throw new IllegalArgumentException(
          "%d losses of %d texts".formatted(losses.length, tokens.length));
    this.losses = losses.clone();
    this.tokens = tokens.clone();
  }

  @Override
  public int samples() {
    return losses.length;
  }

  /** Of all texts. */
  public long tokens() {
    long all = 0;
    for (long some : tokens) all += some;
    return all;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.PERPLEXITY);
  }

  @Override
  public OptionalDouble value(Metric metric, int[] weights) {
    if (metric != Metric.PERPLEXITY) throw new IllegalArgumentException("losses have no " + metric);
    double sum = 0, all = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += weights[i] * losses[i];
      all += (double) weights[i] * tokens[i];
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.exp(sum / all));
  }
}
