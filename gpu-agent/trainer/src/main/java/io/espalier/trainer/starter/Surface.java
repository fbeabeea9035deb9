package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/** A material that fills the picture, known by its pattern and its two or three hues. */
record Surface(int number) implements Motif {

  @Override
  public Texture picture(SplittableRandom random) {
    SplittableRandom form = new SplittableRandom(0x5FAC_0000L + number);
    int kind = form.nextInt(8);
    double hue = form.nextDouble();
    double saturation = form.nextDouble(0.1, 0.95);
    Color one = jittered(hue, saturation, form.nextDouble(0.45, 1), random);
    Color two =
        jittered(
            hue + form.nextDouble(0.1, 0.6), form.nextDouble(), form.nextDouble(0.1, 0.6), random);
    double frequency = form.nextDouble(1.5, 6) * random.nextDouble(0.85, 1.2);
    double turns = form.nextDouble() + random.nextDouble(-0.04, 0.04);
    double roughness = form.nextDouble(0.3, 0.9);
    long seed = random.nextLong();
    Pattern pattern = pattern(kind, new Noise(seed, 4, roughness), form.nextDouble(0.3, 0.7));
    double cos = Wave.cos(turns) * frequency;
    double sin = Wave.sin(turns) * frequency;
    double moveX = random.nextDouble(10);
    double moveY = random.nextDouble(10);
    return (x, y) -> one.mix(two, pattern.at(cos * x + sin * y + moveX, cos * y - sin * x + moveY));
  }

  /** From 0 to 1 over the plane; a period is one unit. */
  private interface Pattern {
    double at(double u, double v);
  }

  private static Pattern pattern(int kind, Noise noise, double share) {
    return switch (kind) {
      case 0 -> (u, v) -> 0.5 + 0.5 * Wave.sin(u);
      case 1 -> (u, v) -> fraction(u) < share ? 0 : 1;
      case 2 -> (u, v) -> (fraction(u / 2) < 0.5) == (fraction(v / 2) < 0.5) ? 0 : 1;
      case 3 -> (u, v) -> dot(fraction(u), fraction(v), share);
      case 4 -> (u, v) -> brick(u, v, share);
      case 5 -> noise::at;
      case 6 -> (u, v) -> 0.5 + 0.5 * Wave.sin(u + 2 * noise.at(u / 2, v / 2));
      default -> (u, v) -> cell(u, v, noise);
    };
  }

  private static double dot(double u, double v, double share) {
    double x = u - 0.5;
    double y = v - 0.5;
    return x * x + y * y < share * share / 2 ? 1 : 0;
  }

  private static double brick(double u, double v, double share) {
    double row = Math.floor(v);
    double shifted = u / 2 + row * 0.5;
    return fraction(v) < 0.2 || fraction(shifted) < 0.1 ? 1 : 0.3 * share;
  }

  /** Distance to the nearest of points scattered one in each square. */
  private static double cell(double u, double v, Noise noise) {
    double nearest = 4;
    for (long i = (long) Math.floor(u) - 1; i <= Math.floor(u) + 1; i++) {
      for (long j = (long) Math.floor(v) - 1; j <= Math.floor(v) + 1; j++) {
        double dx = i + noise.corner(i, j, 0) - u;
        double dy = j + noise.corner(i, j, 1) - v;
        nearest = Math.min(nearest, dx * dx + dy * dy);
      }
    }
    return Math.min(1, Math.sqrt(nearest));
  }

  private static double fraction(double x) {
    return x - Math.floor(x);
  }

  static Color jittered(double hue, double saturation, double value, SplittableRandom random) {
    return Color.hsv(
        hue + random.nextDouble(-0.03, 0.03),
        Math.clamp(saturation + random.nextDouble(-0.12, 0.12), 0, 1),
        Math.clamp(value * random.nextDouble(0.8, 1.15), 0, 1));
  }
}
