package io.espalier.bench.orchestration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * What clients that call one after the other without a pause were answered.
 *
 * @param latencies of the answers
 * @param seconds for which they called
 */
record Load(Latencies latencies, double seconds) {

  /** One call of a client. */
  @FunctionalInterface
  interface Call {
    void make() throws Exception;
  }

  /** Lets {@code clients} call for {@code time}; {@code client} makes each client's call. */
  static Load run(int clients, Duration time, IntFunction<Call> client) throws Exception {
    var latencies = new Latencies();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < clients; i++) {
        Call call = client.apply(i);
        Callable<Boolean> loop =
            () -> {
              while (System.nanoTime() < end) {
                long asked = System.nanoTime();
                call.make();
                latencies.addSince(asked);
              }
              return true;
            };
        running.add(threads.submit(loop));
      }
      for (Future<?> one : running) one.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) throw cause;
      throw failed;
    }
    return new Load(latencies, (System.nanoTime() - start) / 1e9);
  }

  double perSecond() {
    return latencies.count() / seconds;
  }
}
