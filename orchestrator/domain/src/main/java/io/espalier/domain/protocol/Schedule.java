package io.espalier.domain.protocol;

/**
 * The learning rate as a pure function of the step: a straight rise to the peak over the warm-up
 * steps, then constant, then down over the last {@code decaySteps}. A plain linear or cosine
 * schedule decays from the end of the warm-up on; a constant one never does.
 *
 * @param learningRate the peak: that of the head and of every group without a factor
 * @param warmupSteps steps over which the rate rises from 0
 * @param maxSteps optimizer steps of the whole run
 * @param decaySteps how many of them, at the end, the rate falls over; 0 for a constant rate
 */
public record Schedule(
    double learningRate, int warmupSteps, int maxSteps, int decaySteps, Decay decay) {

  /** How it falls. */
  public enum Decay {
    LINEAR,
    /** Half a cosine. Loshchilov and Hutter 2016, arXiv:1608.03983. */
    COSINE
  }

  /** Warm-up takes this share of the steps unless told otherwise: 6 to 10 % is usual. */
  private static final double WARMUP = 0.08;

  private static final int MOST_WARMUP = 500;
  private static final int LEAST_WARMUP = 10;

  /** Falls on a straight line from the end of the warm-up, as Hugging Face's trainer does. */
  public static Schedule linear(double learningRate, int warmupSteps, int maxSteps) {
    return new Schedule(
        learningRate, warmupSteps, maxSteps, Math.max(0, maxSteps - warmupSteps), Decay.LINEAR);
  }

  /** Falls as half a cosine from the end of the warm-up. */
  public static Schedule cosine(double learningRate, int warmupSteps, int maxSteps) {
    return new Schedule(
        learningRate, warmupSteps, maxSteps, Math.max(0, maxSteps - warmupSteps), Decay.COSINE);
  }

  /** Stays at its peak, so that partial runs compare and a run can be made longer. */
  public static Schedule constant(double learningRate, int warmupSteps, int maxSteps) {
    return new Schedule(learningRate, warmupSteps, maxSteps, 0, Decay.LINEAR);
  }

  /** A usual warm-up: 8 % of the steps, at least 10 and at most 500. */
  public static int usualWarmup(int steps) {
    return Math.clamp(Math.round(WARMUP * steps), Math.min(LEAST_WARMUP, steps), MOST_WARMUP);
  }

  /** {@code step} counts from 1; no step of a schedule has the rate 0. */
  public double rate(int step) {
    if (step <= warmupSteps) return learningRate * step / warmupSteps;
    int left = maxSteps - step + 1;
    if (left >= decaySteps) return learningRate;
    double share = (double) left / decaySteps;
    return switch (decay) {
      case LINEAR -> learningRate * share;
      case COSINE -> learningRate * (1 - Math.cos(Math.PI * share)) / 2;
    };
  }
}
