package io.espalier.trainer.loop;

import io.espalier.domain.protocol.Settings;

/**
 * How long to train and how often to look up from it.
 *
 * @param evalSteps steps between two looks at the validation split
 * @param saveSteps steps between two checkpoints
 * @param maxNonFinite steps in a row without finite numbers after which a run has diverged
 */
public record LoopSettings(
    Schedule schedule, int evalSteps, int saveSteps, int maxNonFinite, long seed) {

  private static final int MAX_NON_FINITE = 5;

  public LoopSettings {
    if (evalSteps < 1 || saveSteps < 1 || maxNonFinite < 1)
      throw new IllegalArgumentException(
          "evalSteps, saveSteps and maxNonFinite are at least 1, not %d, %d, %d"
              .formatted(evalSteps, saveSteps, maxNonFinite));
  }

  /** Fine-tuning decays linearly, as Hugging Face's trainer does unless told otherwise. */
  public static LoopSettings of(Settings settings) {
    return new LoopSettings(
        new Schedule(
            settings.learningRate(),
            settings.warmupSteps(),
            settings.maxSteps(),
            Schedule.Decay.LINEAR),
        settings.evalSteps(),
        settings.saveSteps(),
        MAX_NON_FINITE,
        settings.seed());
  }

  int maxSteps() {
    return schedule.maxSteps();
  }

  /**
   * What random numbers of a step begin with: far apart for neighbouring steps, because a graph
   * counts on from it. Steele et al. 2014, "Fast splittable pseudorandom number generators".
   */
  long stepSeed(int step) {
    return partSeed(step, 0);
  }

  /** The same for a part of a step's samples: other masks than those of the parts before. */
  long partSeed(int step, int part) {
    long z = seed + step * 0x9E3779B97F4A7C15L + part * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 2; // room for the graph to count in
  }
}
