package io.espalier.trainer.metric;

import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** One class against the rest, in the order of its scores, sorted once for all resamples. */
final class RankCurve {

  private final double[] scores;
  private final boolean[] belongs;
  private final int[] order;

  /** The arrays are handed over. */
  RankCurve(double[] scores, boolean[] belongs) {
    this.scores = scores;
    this.belongs = belongs;
    order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted((a, b) -> Double.compare(scores[a], scores[b]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /**
   * The share of pairs of a sample of the class and one that is not in which the first has the
   * higher score; equal scores count half. Empty where one of the two kinds is missing.
   */
  OptionalDouble area(int[] weights) {
    double above = 0, members = 0, others = 0;
    for (int from = 0, to = 0; from < order.length; from = to) {
      long tiedMembers = 0, tiedOthers = 0;
      for (; to < order.length && scores[order[to]] == scores[order[from]]; to++) {
        int weight = weights[order[to]];
        if (belongs[order[to]]) tiedMembers += weight;
        else tiedOthers += weight;
      }
      above += tiedMembers * (others + tiedOthers / 2.0);
      members += tiedMembers;
      others += tiedOthers;
    }
    return members == 0 || others == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(above / (members * others));
  }
}
