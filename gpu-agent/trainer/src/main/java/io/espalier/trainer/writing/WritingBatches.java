package io.espalier.trainer.writing;

import io.espalier.trainer.data.Order;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.loop.Batches;
import io.espalier.trainer.loop.Metrics;
import java.util.ArrayList;
import java.util.List;

/** Batches of passages for the training loop. */
final class WritingBatches implements Batches {

  private static final int VALIDATION_BATCH = 8;

  private final Layout layout;
  private final List<List<Passage>> train;
  private final List<List<Passage>> validation;
  private final Order order;

  WritingBatches(
      Layout layout, List<Passage> train, List<Passage> validation, int batchSize, long seed) {
    this.layout = layout;
    this.train = layout.rows(train);
    this.validation = layout.rows(validation);
    order = new Order(this.train.size(), Math.min(batchSize, this.train.size()), seed);
  }

  /** Rows that training draws from. */
  int rows() {
    return train.size();
  }

  @Override
  public Batch training(int step) {
    var rows = new ArrayList<List<Passage>>();
    for (int row : order.step(step - 1)) rows.add(train.get(row));
    return layout.batch(rows);
  }

  @Override
  public int validationBatches() {
    return Math.ceilDiv(validation.size(), VALIDATION_BATCH);
  }

  @Override
  public Batch validation(int index) {
    int from = index * VALIDATION_BATCH;
    return layout.batch(
        validation.subList(from, Math.min(validation.size(), from + VALIDATION_BATCH)));
  }

  @Override
  public Metrics validate(TrainingSession session) {
    return Metrics.ofTexts(session, this);
  }
}
