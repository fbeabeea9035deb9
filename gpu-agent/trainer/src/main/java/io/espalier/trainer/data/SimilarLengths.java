package io.espalier.trainer.data;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Batches of similar lengths, so that little is computed for what only fills up: the samples of
 * some steps are sorted by length and handed out in parts, the parts in an order of chance. Still a
 * function of seed and step alone.
 */
public final class SimilarLengths {

  /** Steps whose samples are sorted together; enough for similar parts, few against an epoch. */
  private static final int STEPS = 16;

  private final Samples samples;
  private final Order order;
  private final int batchSize;
  private final long seed;
  private final boolean sorts;
  private int sortedWindow = -1;
  private int[][] parts = new int[0][];

  /** All samples of a set in batches of {@code batchSize}. */
  public SimilarLengths(Samples samples, int batchSize, long seed) {
    this.samples = samples;
    this.order = new Order(samples.size(), batchSize, seed);
    this.batchSize = batchSize;
    this.seed = seed;
    this.sorts =
        IntStream.range(0, samples.size()).map(samples::length).distinct().limit(2).count() > 1;
  }

  /** Indices of the samples of a step, counted from 0. */
  public int[] step(int step) {
    if (!sorts) {
      return order.step(step);
    }
    int window = step / STEPS;
    if (window != sortedWindow) {
      parts = sorted(window);
      sortedWindow = window;
    }
    return parts[step % STEPS].clone();
  }

  private int[][] sorted(int window) {
    int[] sorted =
        IntStream.range(window * STEPS, (window + 1) * STEPS)
            .flatMap(step -> IntStream.of(order.step(step)))
            .boxed()
            .sorted(Comparator.comparingInt(samples::length))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] places = new Order(STEPS, STEPS, Order.mixed(seed, window)).step(0);
    int[][] parts = new int[STEPS][batchSize];
    for (int part = 0; part < STEPS; part++) {
      System.arraycopy(sorted, places[part] * batchSize, parts[part], 0, batchSize);
    }
    return parts;
  }
}
