package io.espalier.trainer.task;

import io.espalier.trainer.data.Augmentation;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Order;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.loop.Batches;

/** Batches of images for the training loop. */
final class TrainingBatches implements Batches {

  private static final int VALIDATION_BATCH = 64;

  private final ImageSet train;
  private final ImageSet validation;
  private final Order order;
  private final Augmentation augmentation;
  private final long seed;

  TrainingBatches(
      ImageSet train, ImageSet validation, int batchSize, Augmentation augmentation, long seed) {
    this.train = train;
    this.validation = validation;
    this.order = new Order(train.size(), Math.min(batchSize, train.size()), seed);
    this.augmentation = augmentation;
    this.seed = seed;
  }

  @Override
  public Batch training(int step) {
    return train.select(order.step(step - 1)).batch(augmentation, Order.mixed(seed, -step));
  }

  @Override
  public int validationBatches() {
    return Math.ceilDiv(validation.size(), VALIDATION_BATCH);
  }

  @Override
  public Batch validation(int index) {
    int from = index * VALIDATION_BATCH;
    int to = Math.min(validation.size(), from + VALIDATION_BATCH);
    return validation.all().part(from, to).batch();
  }
}
