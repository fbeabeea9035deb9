package io.espalier.trainer.loop;

import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Prepares the next step's samples while the present step computes. */
public final class Prefetch implements Batches, AutoCloseable {

  private final Batches source;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("prefetch").unstarted(task));
  private int nextStep = -1;
  private @Nullable Future<Batch> next;

  public Prefetch(Batches source) {
    this.source = source;
  }

  @Override
  public Batch training(int step) {
    var prepared = next;
    var batch = prepared != null && nextStep == step ? awaited(prepared) : source.training(step);
    nextStep = step + 1;
    next = worker.submit(() -> source.training(step + 1));
    return batch;
  }

  /** Waits for the worker first: a source is never asked by two threads at once. */
  @Override
  public Batch validation(int index) {
    var prepared = next;
    if (prepared != null) awaited(prepared);
    return source.validation(index);
  }

  @Override
  public Metrics validate(TrainingSession session) {
    var prepared = next;
    if (prepared != null) awaited(prepared);
    return source.validate(session);
  }

  @Override
  public int validationBatches() {
    return source.validationBatches();
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }

  private static Batch awaited(Future<Batch> batch) {
    try {
      return batch.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      throw new IllegalStateException(e.getCause());
    }
  }
}
