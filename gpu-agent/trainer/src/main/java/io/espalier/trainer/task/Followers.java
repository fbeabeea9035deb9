package io.espalier.trainer.task;

import io.espalier.trainer.Launch;
import io.espalier.trainer.replica.SharedSum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The other processes of a training that runs in several on this host. Each repeats the command
 * line of the first with its own rank, and trains its part of every batch. On a host with GPUs each
 * sees one of them.
 */
final class Followers implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 20;

  private final List<Process> processes = new ArrayList<>();
  private final List<CompletableFuture<Void>> watched = new ArrayList<>();
  private final SharedSum sum;

  private Followers(SharedSum sum) {
    this.sum = sum;
  }

  /**
   * @param arguments of the first process
   * @param exchange a file that does not exist yet
   */
  static Followers start(int count, List<String> arguments, Path exchange) throws IOException {
    SharedSum.prepare(exchange, count);
    var followers = new Followers(SharedSum.join(exchange, 0, count));
    for (int rank = 1; rank < count; rank++) {
      var own = new ArrayList<>(arguments);
      own.addAll(
          List.of("--replica-rank", Integer.toString(rank), "--exchange", exchange.toString()));
      followers.add(rank, own);
    }
    return followers;
  }

  private void add(int rank, List<String> arguments) throws IOException {
    var builder = Launch.again(arguments);
    Launch.onGpu(builder, rank);
    var process = builder.start();
    processes.add(process);
    watched.add(
        process
            .onExit()
            .thenAccept(ended -> {
              if (ended.exitValue() != 0) sum.mourn(rank);
            }));
  }

  SharedSum sum() {
    return sum;
  }

  /** They end by themselves when the first does; what does not is ended. */
  @Override
  public void close() {
    for (var process : processes) {
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    // Whoever still writes into the memory is waited for.
    watched.forEach(CompletableFuture::join);
    sum.close();
  }
}
