package io.espalier.domain.schedule;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * When a task will start: the queue of its pool is played forward many times, each time with other
 * lengths for what runs and what comes before it, drawn from their predictions. Lengths are
 * log-normal; a part of each error is common to all, as a predictor that is too hopeful is so about
 * everything. The draws are a fixed sequence, so the same question has the same answer.
 */
public final class StartForecast {

  /** Something that has slots, or will have some before. */
  public record Work(int slots, Remaining time) {}

  private static final int SCENARIOS = 101;

  /** Share of the variance that all errors have in common. */
  private static final double COMMON = 0.3;

  /** Of the standard normal distribution. */
  private static final double NINETIETH_PERCENTILE = 1.2815515655446004;

  /** For lengths predicted as zero. */
  private static final double SHORTEST_SECONDS = 1;

  /**
   * @param free slots that nobody has
   * @param running in any order
   * @param ahead what starts before, in the order of turns
   * @param slots that the task needs
   * @return the time until it starts; empty if it needs more slots than there are
   */
  public static Optional<Remaining> of(int free, List<Work> running, List<Work> ahead, int slots) {
    int all = free + running.stream().mapToInt(Work::slots).sum();
    if (slots > all) return Optional.empty();
    double[] starts = new double[SCENARIOS];
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
      starts[scenario] = start(scenario, free, running, ahead, slots);
    }
    Arrays.sort(starts);
    return Optional.of(
        new Remaining(
            seconds(starts[SCENARIOS / 2]), seconds(starts[(int) (0.9 * (SCENARIOS - 1))])));
  }

  private static double start(
      int scenario, int free, List<Work> running, List<Work> ahead, int slots) {
    double common = normal((scenario + 0.5) / SCENARIOS);
    long draw = 0;
    var ends = new PriorityQueue<Double>();
    for (int i = 0; i < free; i++) ends.add(0.0);
    for (var work : running) {
      double end = length(work.time(), common, scenario, draw++);
      for (int i = 0; i < work.slots(); i++) ends.add(end);
    }
    for (var work : ahead) {
      // One that needs more than there is waits for another day and is in nobody's way.
      if (work.slots() > ends.size()) continue;
      double end = take(ends, work.slots()) + length(work.time(), common, scenario, draw++);
      for (int i = 0; i < work.slots(); i++) ends.add(end);
    }
    return take(ends, slots);
  }

  /** The moment at which so many are free. */
  private static double take(PriorityQueue<Double> ends, int slots) {
    double last = 0;
    for (int i = 0; i < slots; i++) {
      var end = ends.poll();
      if (end != null) last = end;
    }
    return last;
  }

  private static double length(Remaining time, double common, int scenario, long draw) {
    double median = Math.max(SHORTEST_SECONDS, time.median().toMillis() / 1000.0);
    double high = Math.max(median, time.high().toMillis() / 1000.0);
    double sigma = Math.log(high / median) / NINETIETH_PERCENTILE;
    double own = normal(uniform(scenario * 0x9E3779B97F4A7C15L + draw));
    return median * Math.exp(sigma * (Math.sqrt(COMMON) * common + Math.sqrt(1 - COMMON) * own));
  }

  /** In (0, 1), by the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static double uniform(long seed) {
    long z = seed + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return ((z >>> 11) + 0.5) * 0x1.0p-53;
  }

  /**
   * The quantile function of the standard normal distribution, to four digits (Abramowitz and
   * Stegun, 26.2.23).
   */
  static double normal(double share) {
    double tail = Math.min(share, 1 - share);
    double t = Math.sqrt(-2 * Math.log(tail));
    double value =
        t
            - (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    return share < 0.5 ? -value : value;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private StartForecast() {}
}
