package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/** Light from 0 to 1 in red, green and blue. */
record Color(double red, double green, double blue) {

  static Color gray(double light) {
    return new Color(light, light, light);
  }

  /**
   * @param hue in turns, 0 is red, 1/3 green
   */
  static Color hsv(double hue, double saturation, double value) {
    return new Color(
        channel(hue + 1, saturation, value),
        channel(hue + 2 / 3.0, saturation, value),
        channel(hue + 1 / 3.0, saturation, value));
  }

  private static double channel(double turn, double saturation, double value) {
    double sixth = 6 * (turn - Math.floor(turn));
    double fullness = Math.clamp(Math.abs(sixth - 3) - 1, 0, 1);
    return value * (1 - saturation + saturation * fullness);
  }

  static Color any(SplittableRandom random) {
    return hsv(random.nextDouble(), random.nextDouble(), 0.15 + 0.85 * random.nextDouble());
  }

  /** A colour whose lightness differs clearly from this one's. */
  Color contrasting(SplittableRandom random) {
    while (true) {
      Color other = any(random);
      if (Math.abs(other.light() - light()) > 0.25) {
        return other;
      }
    }
  }

  double light() {
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  }

  Color mix(Color other, double share) {
    return new Color(
        red + share * (other.red - red),
        green + share * (other.green - green),
        blue + share * (other.blue - blue));
  }

  Color times(double factor) {
    return new Color(red * factor, green * factor, blue * factor);
  }
}
