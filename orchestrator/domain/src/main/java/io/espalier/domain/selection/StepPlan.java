package io.espalier.domain.selection;

/**
 * How long runs are before the budget has its say. The constants are start values: seconds were
 * measured on a 2-core CPU slot.
 */
final class StepPlan {

  /** A trainer's JVM and native engine until the first step. */
  static final double START_UP_SECONDS = 4;

  /** One small image from its bytes to pixels. */
  static final double DECODE_SECONDS = 0.001;

  private static final int FEWEST_STEPS = 100;
  private static final long FEWEST_PASSES = 3;
  private static final long MOST_PASSES = 30;
  private static final long SAMPLES_SEEN = 20_000;

  static int batchSize(int trainSamples) {
    return trainSamples < 1000 ? 32 : 64;
  }

  /**
   * Steps after which more bring little: many passes over little data, few over much. In between it
   * is the number of samples seen that counts, however often each is.
   */
  static int wantedSteps(int trainSamples, int batchSize) {
    long seen = Math.clamp(SAMPLES_SEEN, FEWEST_PASSES * trainSamples, MOST_PASSES * trainSamples);
    return Math.toIntExact(Math.max(FEWEST_STEPS, Math.ceilDiv(seen, batchSize)));
  }

  private StepPlan() {}
}
