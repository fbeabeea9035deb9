package io.espalier.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Threads that share the samples of a batch. Who takes which does not matter: each has a place. */
final class Workers implements AutoCloseable {

  /** Whoever asks does it all. */
  static final Workers NONE = new Workers(0);

  private final int count;
  private final @Nullable ExecutorService pool;

  /** So many threads; none for 0. */
  Workers(int count) {
    this.count = count;
    this.pool =
        count == 0
            ? null
            : Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("samples-", 1).factory());
  }

  /**
   * Does a piece of work for every number below {@code end}, and returns when all are done.
   *
   * @throws RuntimeException or an error, as one of the pieces did
   */
  void each(int end, IntConsumer work) {
    if (pool == null || end < 2) {
      for (int i = 0; i < end; i++) work.accept(i);
      return;
    }
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> shares = new ArrayList<>();
    for (int share = 0; share < Math.min(count, end); share++) {
      shares.add(
          pool.submit(() -> {
            for (int i = next.getAndIncrement(); i < end; i = next.getAndIncrement()) {
              work.accept(i);
            }
          }));
    }
    try {
      for (Future<?> share : shares) share.get();
    } catch (ExecutionException e) {
      next.set(end);
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      next.set(end);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while samples were prepared", e);
    }
  }

  /** Returns when the last thread has ended. */
  @Override
  public void close() {
    if (pool != null) pool.close();
  }
}
