package io.espalier.simulation.event;

import java.util.Arrays;
import java.util.Locale;

/**
 * What happened: a hash over all of it, counts by kind, and the last of it in full. Two runs of one
 * seed have the same hash or the simulation is not deterministic.
 *
 * @param <K> kinds of happenings
 */
@SuppressWarnings("EnumOrdinal") // Arrays by kind: this is asked a hundred million times.
public final class Trace<K extends Enum<K>> {

  private static final int KEPT = 64;

  private final Agenda agenda;
  private final K[] kinds;
  private final long[] counts;
  private final long[] times = new long[KEPT];
  private final int[] ordinals = new int[KEPT];
  private final long[] firsts = new long[KEPT];
  private final long[] seconds = new long[KEPT];
  private long noted;
  private long hash;

  public Trace(Agenda agenda, Class<K> kinds) {
    this.agenda = agenda;
    this.kinds = kinds.getEnumConstants();
    this.counts = new long[this.kinds.length];
  }

  /** {@code first} and {@code second} are numbers of things, as {@code kind} says. */
  public void note(K kind, long first, long second) {
    int place = (int) (noted++ % KEPT);
    times[place] = agenda.now();
    ordinals[place] = kind.ordinal();
    firsts[place] = first;
    seconds[place] = second;
    counts[kind.ordinal()]++;
    hash = Chance.mix(hash ^ agenda.now());
    hash = Chance.mix(hash ^ kind.ordinal() ^ (first << 16) ^ (second << 40));
  }

  public long hash() {
    return hash;
  }

  public long count(K kind) {
    return counts[kind.ordinal()];
  }

  /** The last happenings, oldest first, one a line. */
  public String last() {
    var text = new StringBuilder();
    for (long i = Math.max(0, noted - KEPT); i < noted; i++) {
      int place = (int) (i % KEPT);
      text.append(
          String.format(
              Locale.ROOT,
              "  %10.3f s  %s %d %d%n",
              times[place] / 1000.0,
              kinds[ordinals[place]],
              firsts[place],
              seconds[place]));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return Arrays.toString(counts);
  }
}
