package io.espalier.trainer.loop;

import io.espalier.trainer.engine.TrainingSession;

/**
 * How well a classifier does on the validation split.
 *
 * @param loss mean cross-entropy
 * @param accuracy share of samples whose highest logit is their label
 */
public record Metrics(double loss, double accuracy, long samples) {

  /** By accuracy; where that is equal, by loss. */
  boolean isBetterThan(Metrics other) {
    return accuracy > other.accuracy || (accuracy == other.accuracy && loss < other.loss);
  }

  /** Runs the whole validation split through the model. */
  public static Metrics measure(TrainingSession session, Batches batches) {
    double loss = 0;
    long samples = 0, right = 0;
    for (int i = 0; i < batches.validationBatches(); i++) {
      var batch = batches.validation(i);
      var outputs = session.forward("evaluate", batch);
      loss += outputs.lossSum();
      samples += batch.targets();
      right += Accuracy.right(outputs.logits(), batch.input("labels"));
    }
    return new Metrics(loss / samples, (double) right / samples, samples);
  }
}
