package io.espalier.trainer.loop;

import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;

/** Where samples come from. */
public interface Batches {

  /**
   * The samples of an optimizer step, counted from 1: always the same for the same step, so that a
   * run that goes on sees what it would have seen.
   */
  Batch training(int step);

  int validationBatches();

  /** A part of the validation split, counted from 0; together all of it, each sample once. */
  Batch validation(int index);

  /** How well a model does on the validation split. */
  default Metrics validate(TrainingSession session) {
    return Metrics.ofClasses(session, this);
  }
}
