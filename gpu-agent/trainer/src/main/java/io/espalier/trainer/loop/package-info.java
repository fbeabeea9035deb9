/**
 * The training loop: steps, validation, the best weights, checkpoints from which a run goes on bit
 * by bit as if it had never stopped. Knows batches and a session, not where either comes from.
 */
@NullMarked
package io.espalier.trainer.loop;

import org.jspecify.annotations.NullMarked;
