package io.espalier.trainer.loop;

import io.espalier.domain.protocol.Numerics.Precision;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a training found out before its first step, and must not find out otherwise when it goes on:
 * the same steps would be other ones.
 *
 * @param layerRates shares of the rate by depth; empty where they were not measured
 * @param atOnce samples that it computes at once; empty for all
 * @param precision in which it computes; empty where it has not begun
 */
public record Begun(
    SortedMap<Integer, Double> layerRates, OptionalInt atOnce, Optional<Precision> precision) {

  /** A training that is new. */
  public static final Begun NEW =
      new Begun(Collections.emptySortedMap(), OptionalInt.empty(), Optional.empty());

  public Begun {
    layerRates = Collections.unmodifiableSortedMap(new TreeMap<>(layerRates));
  }
}
