package io.espalier.trainer.task;

import io.espalier.trainer.data.Order;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.data.SimilarLengths;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.loop.Batches;

/** Batches of samples for the training loop. */
final class TrainingBatches implements Batches {

  private static final int VALIDATION_BATCH = 64;

  private final Samples train;
  private final Selection validation;
  private final SimilarLengths order;
  private final long seed;

  TrainingBatches(Samples train, Samples validation, int batchSize, long seed) {
    this.train = train;
    this.validation = validation.all().at(validation.all().byLength());
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
    int from = index * VALIDATION_BATCH;
    int to = Math.min(validation.size(), from + VALIDATION_BATCH);
    return validation.part(from, to).batch();
  }
}
