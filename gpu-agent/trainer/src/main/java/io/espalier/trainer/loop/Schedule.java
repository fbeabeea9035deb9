package io.espalier.trainer.loop;

/**
 * The learning rate as a pure function of the step: a straight rise to the peak over the warm-up
 * steps, then what {@link Decay} says down to the last step.
 */
public record Schedule(double peak, int warmupSteps, int maxSteps, Decay decay) {

  public enum Decay {
    CONSTANT,
    LINEAR,
    /** Half a cosine. Loshchilov and Hutter 2016, arXiv:1608.03983. */
    COSINE
  }

  public Schedule {
    if (maxSteps < 1 || warmupSteps < 0)
      throw new IllegalArgumentException(
          "a schedule of " + maxSteps + " steps with " + warmupSteps + " of warm-up");
  }

  /** {@code step} counts from 1; no step of a schedule has the rate 0. */
  public double rate(int step) {
    if (step <= warmupSteps) return peak * step / warmupSteps;
    double left = (maxSteps - step + 1.0) / (maxSteps - warmupSteps);
    return switch (decay) {
      case CONSTANT -> peak;
      case LINEAR -> peak * left;
      case COSINE -> peak * (1 - Math.cos(Math.PI * left)) / 2;
    };
  }
}
