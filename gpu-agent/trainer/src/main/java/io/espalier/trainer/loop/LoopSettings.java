package io.espalier.trainer.loop;

import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long to train and how often to look up from it.
 *
 * @param layerRates shares of the rate by depth, where they were measured before the first step; a
 *     run that goes on must not measure them again
 * @param maxNonFinite steps in a row without finite numbers after which a run has diverged
 */
public record LoopSettings(
    Schedule schedule,
    Looks looks,
    int maxNonFinite,
    long seed,
    SortedMap<Integer, Double> layerRates) {

  private static final int MAX_NON_FINITE = 5;

  public LoopSettings {
    if (looks.evalSteps() < 1 || looks.saveSteps() < 1 || maxNonFinite < 1)
      throw new IllegalArgumentException(
          "%s and %d steps without finite numbers: each is at least 1"
              .formatted(looks, maxNonFinite));
    layerRates = Collections.unmodifiableSortedMap(new TreeMap<>(layerRates));
  }

  public LoopSettings(Schedule schedule, Looks looks, int maxNonFinite, long seed) {
    this(schedule, looks, maxNonFinite, seed, Collections.emptySortedMap());
  }

  public LoopSettings ratedBy(SortedMap<Integer, Double> rates) {
    return new LoopSettings(schedule, looks, maxNonFinite, seed, rates);
  }

  public static LoopSettings of(Settings settings) {
    return new LoopSettings(settings.schedule(), settings.looks(), MAX_NON_FINITE, settings.seed());
  }

  int maxSteps() {
    return schedule.maxSteps();
  }

  /**
   * What random numbers of a step begin with: far apart for neighbouring steps, because a graph
   * counts on from it. Steele et al. 2014, "Fast splittable pseudorandom number generators".
   */
  long stepSeed(int step) {
    return partSeed(step, 0);
  }

  /** The same for a part of a step's samples: other masks than those of the parts before. */
  long partSeed(int step, int part) {
    long z = seed + step * 0x9E3779B97F4A7C15L + part * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 2; // room for the graph to count in
  }
}
