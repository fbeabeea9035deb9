package io.espalier.simulation.event;

/**
 * A source of chance that is the same for the same seed on every machine: SplitMix64 (Steele, Lea,
 * Flood: Fast splittable pseudorandom number generators, 2014).
 */
public final class Chance {

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  public Chance(long seed) {
    state = mix(seed + GAMMA);
  }

  public long bits() {
    state += GAMMA;
    return mix(state);
  }

  /** A source of its own, which draws the same however often this one is asked meanwhile. */
  public Chance split() {
    return new Chance(bits());
  }

  /** From 0 to {@code bound - 1}. */
  public int below(int bound) {
    return (int) Long.remainderUnsigned(bits(), bound);
  }

  /** Both ends included. */
  public long between(long least, long most) {
    return least + Long.remainderUnsigned(bits(), most - least + 1);
  }

  /** From 0 to less than 1. */
  public double share() {
    return (bits() >>> 11) * 0x1.0p-53;
  }

  public boolean happens(double probability) {
    return probability > 0 && share() < probability;
  }

  /** The waiting time for something that happens once in {@code mean} on average. */
  public long waiting(double mean) {
    return Math.max(1, Math.round(-mean * StrictMath.log(1 - share())));
  }

  public double gaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - share()));
    return radius * StrictMath.cos(2 * Math.PI * share());
  }

  public double logNormal(double median, double sigma) {
    return median * StrictMath.exp(sigma * gaussian());
  }

  static long mix(long bits) {
    bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
    return bits ^ (bits >>> 31);
  }
}
