package io.espalier.trainer.data;

import java.util.SplittableRandom;

/**
 * Which samples an optimizer step sees: each epoch shuffles all samples anew, and batches run on
 * across the end of an epoch. A function of seed and step alone, so a resumed run sees what an
 * uninterrupted one would.
 */
public final class Order {

  private final int samples;
  private final int batchSize;
  private final long seed;
  private int shuffledEpoch = -1;
  private int[] shuffled = new int[0];

  /** An order of {@code samples} samples in batches of {@code batchSize}. */
  public Order(int samples, int batchSize, long seed) {
    if (samples < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "%d samples in batches of %d".formatted(samples, batchSize));
    }
    this.samples = samples;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /** Indices of the samples of a step, counted from 0. */
  public int[] step(int step) {
    int[] indices = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      long position = (long) step * batchSize + i;
      indices[i] = epoch((int) (position / samples))[(int) (position % samples)];
    }
    return indices;
  }

  private int[] epoch(int epoch) {
    if (epoch != shuffledEpoch) {
      shuffled = shuffle(epoch);
      shuffledEpoch = epoch;
    }
    return shuffled;
  }

  /** Fisher and Yates's shuffle. */
  private int[] shuffle(int epoch) {
    SplittableRandom random = new SplittableRandom(mixed(seed, epoch));
    int[] order = new int[samples];
    for (int i = 0; i < samples; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** A seed for one step or epoch of a run. */
  public static long mixed(long seed, long number) {
    return new SplittableRandom(seed ^ (number * 0x9E3779B97F4A7C15L)).nextLong();
  }
}
