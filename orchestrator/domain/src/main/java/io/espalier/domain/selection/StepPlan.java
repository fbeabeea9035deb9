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

  static int batchSize(int trainSamples) {
    return trainSamples < 1000 ? 32 : 64;
  }

  /** Steps after which more bring little: many passes over little data, few over much. */
  static int wantedSteps(int trainSamples, int batchSize) {
    int epochs =
        trainSamples <= 600 ? 30 : trainSamples <= 2000 ? 25 : trainSamples <= 10_000 ? 10 : 4;
    return Math.max(FEWEST_STEPS, Math.ceilDiv(epochs * trainSamples, batchSize));
  }

  private StepPlan() {}
}
