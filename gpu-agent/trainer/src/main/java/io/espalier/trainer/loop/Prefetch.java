package io.espalier.trainer.loop;

import io.espalier.trainer.data.Ahead;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the samples of the next steps while the present step computes, and tells how long the
 * steps had to wait all the same.
 */
public final class Prefetch implements Batches, AutoCloseable {

  private final Batches source;
  private @Nullable Ahead<Batch> ahead;
  private long began;
  private long waited;

  public Prefetch(Batches source) {
    this.source = source;
  }

  @Override
  public Batch training(int step) {
    long asked = System.nanoTime();
    if (began == 0) began = asked;
    var running = ahead;
    if (running == null || running.next() != step) {
      close();
      running = new Ahead<>(this::prepared, step, Integer.MAX_VALUE);
      ahead = running;
    }
    var batch = running.take();
    // What the first batch takes, nothing could have prepared.
    if (asked != began) waited += System.nanoTime() - asked;
    else began = System.nanoTime();
    return batch;
  }

  /** A source is never asked by two threads at once. */
  private Batch prepared(int step) {
    synchronized (source) {
      return source.training(step);
    }
  }

  /** The share of the time since the first batch that steps waited for one. */
  public double waitingShare() {
    long all = System.nanoTime() - began;
    return began == 0 || all <= 0 ? 0 : (double) waited / all;
  }

  @Override
  public Batch validation(int index) {
    synchronized (source) {
      return source.validation(index);
    }
  }

  @Override
  public Metrics validate(TrainingSession session) {
    synchronized (source) {
      return source.validate(session);
    }
  }

  @Override
  public int validationBatches() {
    return source.validationBatches();
  }

  @Override
  public void close() {
    if (ahead != null) ahead.close();
    ahead = null;
  }
}
