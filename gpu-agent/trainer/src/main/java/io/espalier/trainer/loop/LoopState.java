package io.espalier.trainer.loop;

import java.util.Optional;

/**
 * Where a training stands, besides its tensors.
 *
 * @param step optimizer steps behind
 * @param nonFinite how many of the last steps in a row were not finite
 */
record LoopState(int step, int nonFinite, Optional<Best> best) {

  /** The best look at the validation split so far. */
  record Best(int step, Metrics metrics) {}

  static final LoopState BEGINNING = new LoopState(0, 0, Optional.empty());

  LoopState stepped(boolean finite) {
    return new LoopState(step + 1, finite ? 0 : nonFinite + 1, best);
  }

  boolean isImprovedBy(Metrics metrics) {
    return best.isEmpty() || metrics.isBetterThan(best.get().metrics());
  }

  LoopState withBest(Metrics metrics) {
    return new LoopState(step, nonFinite, Optional.of(new Best(step, metrics)));
  }
}
