package io.espalier.bench.orchestration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long each of many calls took, in milliseconds. */
final class Latencies {

  private final List<Double> all = Collections.synchronizedList(new ArrayList<>());

  void add(double millis) {
    all.add(millis);
  }

  void addSince(long startNanos) {
    add((System.nanoTime() - startNanos) / 1e6);
  }

  int count() {
    return all.size();
  }

  /** The smallest that at least the fraction {@code p} of them does not exceed. */
  double percentile(double p) {
    List<Double> sorted = List.copyOf(all).stream().sorted().toList();
    if (sorted.isEmpty()) return Double.NaN;
    int index = (int) Math.ceil(p * sorted.size()) - 1;
    return sorted.get(Math.max(0, index));
  }

  @Override
  public String toString() {
    return "p50 %.1f ms, p99 %.1f ms, n=%d".formatted(percentile(0.5), percentile(0.99), count());
  }
}
