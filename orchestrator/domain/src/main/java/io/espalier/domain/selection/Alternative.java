package io.espalier.domain.selection;

import io.espalier.domain.protocol.Training;
import io.espalier.domain.unit.GpuTime;

/**
 * A protocol that was considered.
 *
 * @param cost predicted for training and evaluation; the true value is expected within ± 25 %
 * @param accuracy predicted on the validation split
 * @param reason why it was chosen or not, with the number that decided
 */
public record Alternative(
    Training training, Verdict verdict, GpuTime cost, Estimate accuracy, String reason) {

  public enum Verdict {
    CHOSEN,
    /** Predicted to be worse by more than the uncertainty, or at all where the cost is the same. */
    WORSE,
    /** As good as the chosen one within the uncertainty, but dearer. */
    DEARER,
    /** Does not fit the budget. */
    INFEASIBLE,
    /** The measurement speaks against it. */
    RULED_OUT,
    /** A person asked for another protocol. */
    NOT_REQUESTED
  }
}
