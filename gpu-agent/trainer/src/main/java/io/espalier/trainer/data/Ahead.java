package io.espalier.trainer.data;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntFunction;

/**
 * Prepares numbered things in their order on a thread of its own, while whoever takes them is busy
 * with the one before. A few are ready at most, so that memory stays bounded.
 */
public final class Ahead<T> implements AutoCloseable {

  /** Besides the one that is being prepared: one that took longer is made up for. */
  private static final int READY = 2;

  private final IntFunction<T> source;
  private final int end;
  private final BlockingQueue<Prepared<T>> queue = new ArrayBlockingQueue<>(READY);
  private final Thread thread = Thread.ofPlatform().daemon().name("ahead").unstarted(this::prepare);
  private final int first;
  private int next;

  /**
   * Begins at once.
   *
   * @param source asked by one thread
   * @param first number of the first
   * @param end number after the last
   */
  public Ahead(IntFunction<T> source, int first, int end) {
    this.source = source;
    this.end = end;
    this.first = first;
    this.next = first;
    thread.start();
  }

  /** Number of what {@link #take} gives. */
  public int next() {
    return next;
  }

  /**
   * The next, once it is there.
   *
   * @throws RuntimeException or an error, as the source did for it
   */
  public T take() {
    if (next >= end) throw new IllegalStateException("nothing comes after " + (end - 1));
    try {
      return switch (queue.take()) {
        case Prepared.Ready<T>(T thing) -> {
          next++;
          yield thing;
        }
        case Prepared.Failed<T>(RuntimeException e) -> throw e;
        case Prepared.Failed<T>(Error e) -> throw e;
        case Prepared.Failed<T>(Throwable e) -> throw new IllegalStateException(e);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for data", e);
    }
  }

  /** Returns when nothing of the source is used any more. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  /** What was prepared, or why it could not be. */
  private sealed interface Prepared<T> {
    record Ready<T>(T thing) implements Prepared<T> {}

    record Failed<T>(Throwable cause) implements Prepared<T> {}
  }

  private void prepare() {
    try {
      for (int number = first; number < end; number++) queue.put(prepared(number));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private Prepared<T> prepared(int number) {
    try {
      return new Prepared.Ready<>(source.apply(number));
    } catch (RuntimeException | Error e) {
      return new Prepared.Failed<>(e);
    }
  }
}
