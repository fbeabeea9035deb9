package io.espalier.trainer.loop;

import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the samples of the next steps on a thread of its own while the present step computes. A
 * few are ready at most, so that memory stays bounded, and one that took longer is made up for. It
 * tells how long the steps had to wait all the same.
 */
public final class Prefetch implements Batches, AutoCloseable {

  /** Besides the one that is being prepared. */
  private static final int READY = 2;

  private final Batches source;
  private @Nullable Producer producer;
  private long began;
  private long waited;

  public Prefetch(Batches source) {
    this.source = source;
  }

  @Override
  public Batch training(int step) {
    long asked = System.nanoTime();
    if (began == 0) began = asked;
    var running = producer;
    if (running == null || running.next != step) {
      close();
      running = new Producer(step);
      producer = running;
      running.start();
    }
    var batch = running.take();
    // What the first batch takes, nothing could have prepared.
    if (asked != began) waited += System.nanoTime() - asked;
    else began = System.nanoTime();
    return batch;
  }

  /** The share of the time since the first batch that steps waited for one. */
  public double waitingShare() {
    long all = System.nanoTime() - began;
    return began == 0 || all <= 0 ? 0 : (double) waited / all;
  }

  /** A source is never asked by two threads at once. */
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
    if (producer != null) producer.thread.interrupt();
    producer = null;
  }

  /** What was prepared, or why it could not be. */
  private sealed interface Prepared {
    record Ready(Batch batch) implements Prepared {}

    record Failed(Throwable cause) implements Prepared {}
  }

  /** Prepares one step after another. */
  private final class Producer {

    private final BlockingQueue<Prepared> queue = new ArrayBlockingQueue<>(READY);
    private final Thread thread =
        Thread.ofPlatform().daemon().name("prefetch").unstarted(this::produce);
    private final int first;
    private int next;

    Producer(int first) {
      this.first = first;
      this.next = first;
    }

    void start() {
      thread.start();
    }

    private void produce() {
      try {
        for (int step = first; ; step++) queue.put(prepared(step));
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      }
    }

    private Prepared prepared(int step) {
      try {
        synchronized (source) {
          return new Prepared.Ready(source.training(step));
        }
      } catch (RuntimeException | Error e) {
        return new Prepared.Failed(e);
      }
    }

    Batch take() {
      try {
        return switch (queue.take()) {
          case Prepared.Ready(Batch batch) -> {
            next++;
            yield batch;
          }
          case Prepared.Failed(RuntimeException e) -> throw e;
          case Prepared.Failed(Error e) -> throw e;
          case Prepared.Failed(Throwable e) -> throw new IllegalStateException(e);
        };
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for a batch", e);
      }
    }
  }
}
