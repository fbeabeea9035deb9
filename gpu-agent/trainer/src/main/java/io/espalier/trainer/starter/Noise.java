package io.espalier.trainer.starter;

/** Smooth random values over the plane: the sum of octaves of interpolated lattice noise. */
final class Noise {

  private final long seed;
  private final int octaves;
  private final double roughness;

  /**
   * @param roughness weight of each octave relative to the one of twice its size
   */
  Noise(long seed, int octaves, double roughness) {
    this.seed = seed;
    this.octaves = octaves;
    this.roughness = roughness;
  }

  /** A value from 0 to 1. */
  double at(double x, double y) {
    double sum = 0;
    double weight = 1;
    double weights = 0;
    double scale = 1;
    for (int octave = 0; octave < octaves; octave++) {
      sum += weight * lattice(x * scale, y * scale, octave);
      weights += weight;
      weight *= roughness;
      scale *= 2;
    }
    return sum / weights;
  }

  private double lattice(double x, double y, int octave) {
    long left = (long) Math.floor(x);
    long top = (long) Math.floor(y);
    double u = smooth(x - left);
    double v = smooth(y - top);
    double upper = corner(left, top, octave) * (1 - u) + corner(left + 1, top, octave) * u;
    double lower = corner(left, top + 1, octave) * (1 - u) + corner(left + 1, top + 1, octave) * u;
    return upper * (1 - v) + lower * v;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  double corner(long x, long y, int octave) {
    return unit(mix(seed + 0x9E3779B97F4A7C15L * (x + 0x10000 * (y + 0x10000L * octave))));
  }

  /** The finaliser of SplitMix64 (G. Steele et al., OOPSLA 2014). */
  static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double unit(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }
}
