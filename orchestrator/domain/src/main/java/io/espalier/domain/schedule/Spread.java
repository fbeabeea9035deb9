package io.espalier.domain.schedule;

import java.time.Duration;
import java.util.List;

/**
 * How predictions have turned out: what was measured, as a multiple of what was predicted.
 *
 * @param median of these ratios
 * @param high one in ten is above
 */
public record Spread(double median, double high) {

  /** Before a single step was timed: the estimate of a graph on an assumed rate. */
  public static final Spread GUESSED = new Spread(1, 3);

  /** Steps were timed by the profile, on a slot of the same pool. */
  public static final Spread PROFILED = new Spread(1, 1.4);

  /** Steps of this very run were timed. */
  public static final Spread TIMED = new Spread(1, 1.15);

  /** As much as so many outcomes is the prior believed. */
  private static final int PRIOR = 10;

  public Spread {
    if (!(median > 0) || !(high >= median)) {
      throw new IllegalArgumentException(
          "A spread has a positive median and a high end not below it: " + median + ", " + high);
    }
  }

  /** Learnt from outcomes; with few of them it stays near this one. */
  public Spread learn(List<Double> ratios) {
    if (ratios.isEmpty()) return this;
    var sorted = ratios.stream().sorted().toList();
    double trust = sorted.size() / (double) (sorted.size() + PRIOR);
    double middle = mixed(median, quantile(sorted, 0.5), trust);
    return new Spread(middle, Math.max(middle, mixed(high, quantile(sorted, 0.9), trust)));
  }

  /** The remaining time of {@code steps} that have taken so many seconds each. */
  public Remaining remaining(long steps, double secondsPerStep) {
    return around(Duration.ofMillis(Math.round(steps * secondsPerStep * 1000)));
  }

  public Remaining around(Duration predicted) {
    double millis = predicted.toMillis();
    return new Remaining(
        Duration.ofMillis(Math.round(millis * median)),
        Duration.ofMillis(Math.round(millis * high)));
  }

  private static double mixed(double prior, double seen, double trust) {
    return Math.exp((1 - trust) * Math.log(prior) + trust * Math.log(seen));
  }

  private static double quantile(List<Double> sorted, double share) {
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return Math.max(1e-6, sorted.get(Math.clamp(index, 0, sorted.size() - 1)));
  }
}
