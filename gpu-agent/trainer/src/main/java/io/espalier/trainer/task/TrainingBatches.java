package io.espalier.trainer.task;

import io.espalier.trainer.data.Order;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.data.SimilarLengths;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.loop.Batches;
import io.espalier.trainer.loop.Metrics;
import io.espalier.trainer.metric.Metric;
import java.util.ArrayList;

/** Batches of samples for the training loop. */
final class TrainingBatches implements Batches {

  private static final int VALIDATION_BATCH = 64;

  private final Samples train;
  private final Selection validation;
  private final Metric metric;
  private final SimilarLengths order;
  private final long seed;

  /** {@code metric}: by which the best weights are chosen. */
  TrainingBatches(Samples train, Samples validation, Metric metric, int batchSize, long seed) {
    this.train = train;
    this.validation = validation.all().at(validation.all().byLength());
    this.metric = metric;
    this.order = new SimilarLengths(train, Math.min(batchSize, train.size()), seed);
    this.seed = seed;
  }

  @Override
  public Batch training(int step) {
    return train.training(order.step(step - 1), Order.mixed(seed, -step));
  }

  @Override
  public int validationBatches() {
    return Math.ceilDiv(validation.size(), VALIDATION_BATCH);
  }

  @Override
  public Batch validation(int index) {
    return part(index).batch();
  }

  private Selection part(int index) {
    int from = index * VALIDATION_BATCH;
    return validation.part(from, Math.min(validation.size(), from + VALIDATION_BATCH));
  }

  @Override
  public Metrics validate(TrainingSession session) {
    double loss = 0;
    long targets = 0;
    var answers = new ArrayList<float[]>();
    for (int index = 0; index < validationBatches(); index++) {
      var part = part(index);
      var batch = part.batch();
      var outputs = session.forward("evaluate", batch);
      loss += outputs.lossSum();
      targets += batch.targets();
      answers.addAll(part.answers(outputs.logits()));
    }
    double value = validation.targets().judged(answers).value(metric);
    return new Metrics(loss / targets, metric, value, validation.size());
  }
}
