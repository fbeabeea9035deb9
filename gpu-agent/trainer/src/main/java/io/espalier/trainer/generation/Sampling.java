package io.espalier.trainer.generation;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * How the next token is chosen.
 *
 * @param temperature divides the scores; 0 takes the best
 * @param topK only so many of the best are looked at; 0 for all
 * @param topP only the best are looked at that together have this probability. Holtzman et al.
 *     2019, arXiv:1904.09751
 */
public record Sampling(double temperature, int topK, double topP) {

  public static final Sampling GREEDY = new Sampling(0, 0, 1);

  public Sampling {
    if (!(temperature >= 0)) throw new IllegalArgumentException("temperature " + temperature);
    if (topK < 0) throw new IllegalArgumentException("top-k " + topK);
    if (!(topP > 0 && topP <= 1)) throw new IllegalArgumentException("top-p " + topP);
  }

  int choose(float[] scores, int from, int count, Random random) {
    if (temperature == 0) return best(scores, from, count);
    var order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Float.compare(scores[from + b], scores[from + a]))
            .mapToInt(Integer::intValue)
            .limit(topK == 0 ? count : Math.min(topK, count))
            .toArray();
    var weights = new double[order.length];
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      weights[i] = Math.exp((scores[from + order[i]] - scores[from + order[0]]) / temperature);
      sum += weights[i];
    }
    int kept = 0;
    double mass = 0;
    while (kept < order.length && mass < topP * sum) mass += weights[kept++];
    double point = random.nextDouble() * mass;
    for (int i = 0; i < kept; i++) {
      point -= weights[i];
      if (point < 0) return order[i];
    }
    return order[kept - 1];
  }

  /** The first of the largest. */
  private static int best(float[] scores, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) if (scores[from + i] > scores[from + best]) best = i;
    return best;
  }
}
