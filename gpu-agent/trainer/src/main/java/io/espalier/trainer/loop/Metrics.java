package io.espalier.trainer.loop;

import io.espalier.trainer.engine.TrainingSession;

/**
 * How well a model does on the validation split.
 *
 * @param loss mean cross-entropy
 * @param score of a classifier, the share of samples whose highest logit is their label; of a model
 *     that writes, the geometric mean of the probabilities of the tokens, 1 / perplexity
 */
public record Metrics(double loss, double score, long samples) {

  /** By score; where that is equal, by loss. */
  boolean isBetterThan(Metrics other) {
    return score > other.score || (score == other.score && loss < other.loss);
  }

  /** Runs the whole validation split through a classifier. */
  public static Metrics ofClasses(TrainingSession session, Batches batches) {
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

  /** Runs the whole validation split through a model that writes. */
  public static Metrics ofTexts(TrainingSession session, Batches batches) {
    double loss = 0;
    long tokens = 0;
    for (int i = 0; i < batches.validationBatches(); i++) {
      var batch = batches.validation(i);
      loss += session.forward("loss", batch).lossSum();
      tokens += batch.targets();
    }
    double mean = loss / tokens;
    return new Metrics(mean, Math.exp(-mean), tokens);
  }
}
