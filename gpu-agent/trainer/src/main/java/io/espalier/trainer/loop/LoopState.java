package io.espalier.trainer.loop;

import io.espalier.domain.protocol.Looks;
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

  /** All steps are behind, or too many looks in a row have found nothing better. */
  boolean isDone(LoopSettings settings) {
    return step >= settings.maxSteps() || hasLostPatience(settings.looks());
  }

  private boolean hasLostPatience(Looks looks) {
    return looks.patience() > 0
        && best.isPresent()
        && (step - best.get().step()) / looks.evalSteps() >= looks.patience();
  }

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
