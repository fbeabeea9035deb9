package io.espalier.trainer.replica;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.trainer.loop.Replicas;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/**
 * Sums numbers over the processes of a host. The file holds a line for each process with its
 * identifier and how many turns it is through, then room for a piece of each one's numbers, then
 * room for their sum. Numbers go through it piece by piece: each process writes its own, waits for
 * the others, adds up its share of the places over all processes (always in the order of their
 * ranks, so that every process gets the same bits), waits again, and reads all sums.
 */
public final class SharedSum implements Replicas, AutoCloseable {

  private static final int MOST_PROCESSES = 64;
  private static final long LINE = 64; // bytes, so that no two processes write the same one
  private static final long IDENTIFIER = 8;
  private static final long GONE = 16;
  private static final long HEADER = MOST_PROCESSES * LINE;

  /** Floats of a piece: 1 MiB of each process stays in its cache. */
  private static final int PIECE = 1 << 18;

  private static final int SPINS = 2000;
  private static final long NAP_NANOS = 20_000;

  /** Naps between two looks at whether the others still live: a tenth of a second. */
  private static final int NAPS_PER_LOOK = 5000;

  private static final VarHandle TURN = ValueLayout.JAVA_LONG.varHandle();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final int rank;
  private final int count;
  private long turn;

  private SharedSum(Path file, int rank, int count) throws IOException {
    this.rank = rank;
    this.count = count;
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      memory = channel.map(MapMode.READ_WRITE, 0, size(count), arena);
    }
    TURN.setRelease(memory, rank * LINE + IDENTIFIER, ProcessHandle.current().pid());
  }

  /** Makes the file that the processes meet in; nobody else may read it. */
  public static void prepare(Path file, int count) throws IOException {
    if (count < 2 || count > MOST_PROCESSES)
      throw new Refused(
          Problem.of(
                  "replicas-invalid",
                  Category.INVALID,
                  "replicas",
                  "A training runs in several processes, or in one without this.",
                  "Ask for as many as the host has GPUs.")
              .found(count)
              .allowed("2 … " + MOST_PROCESSES));
    Files.write(file, new byte[0], StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate(1), size(count) - 1);
    }
  }

  /** Process {@code rank} of {@code count}, which meet in a prepared file. */
  public static SharedSum join(Path file, int rank, int count) throws IOException {
    return new SharedSum(file, rank, count);
  }

  private static long size(int count) {
    return HEADER + (count + 1L) * PIECE * Float.BYTES;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void sum(float[] values) {
    for (int from = 0; from < values.length; from += PIECE) {
      int size = Math.min(PIECE, values.length - from);
      write(values, from, size, place(rank));
      await();
      addUp((int) ((long) size * rank / count), (int) ((long) size * (rank + 1) / count));
      await();
      read(values, from, size, place(count));
    }
  }

  @Override
  public void takeFirsts(float[] values) {
    for (int from = 0; from < values.length; from += PIECE) {
      int size = Math.min(PIECE, values.length - from);
      if (rank == 0) write(values, from, size, place(0));
      await();
      if (rank != 0) read(values, from, size, place(0));
      await();
    }
  }

  private void addUp(int from, int to) {
    for (int i = from; i < to; i++) {
      float sum = 0;
      for (int process = 0; process < count; process++)
        sum += memory.get(ValueLayout.JAVA_FLOAT, place(process) + (long) i * Float.BYTES);
      memory.set(ValueLayout.JAVA_FLOAT, place(count) + (long) i * Float.BYTES, sum);
    }
  }

  private static long place(int process) {
    return HEADER + (long) process * PIECE * Float.BYTES;
  }

  private void write(float[] values, int from, int size, long to) {
    MemorySegment.copy(values, from, memory, ValueLayout.JAVA_FLOAT, to, size);
  }

  private void read(float[] values, int from, int size, long at) {
    MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at, values, from, size);
  }

  /** Until every process has come this far. What was written before is seen after. */
  private void await() {
    turn++;
    TURN.setRelease(memory, rank * LINE, turn);
    for (int process = 0; process < count; process++) await(process);
  }

  private void await(int process) {
    for (int tries = 0; (long) TURN.getAcquire(memory, process * LINE) < turn; tries++) {
      if (tries < SPINS) Thread.onSpinWait();
      else LockSupport.parkNanos(NAP_NANOS);
      if (tries % NAPS_PER_LOOK == SPINS) mustLive(process);
    }
  }

  /** One that has not come yet may still be starting. */
  private void mustLive(int process) {
    long identifier = (long) TURN.getAcquire(memory, process * LINE + IDENTIFIER);
    boolean gone = (long) TURN.getAcquire(memory, process * LINE + GONE) != 0;
    if (gone
        || (identifier != 0
            && !ProcessHandle.of(identifier).map(ProcessHandle::isAlive).orElse(false)))
      throw new Refused(
          Problem.of(
                  "replica-lost",
                  Category.INTERNAL,
                  "replica " + process,
                  "A process that trains a part of every batch has ended.",
                  "Look at what it has written, and start again.")
              .found("process " + identifier));
  }

  /** Tells all that a process has ended, though it may never have come here. */
  public void mourn(int process) {
    TURN.setRelease(memory, process * LINE + GONE, 1L);
  }

  @Override
  public void close() {
    arena.close();
  }
}
