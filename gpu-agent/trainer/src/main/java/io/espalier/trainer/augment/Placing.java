package io.espalier.trainer.augment;

import io.espalier.datasets.image.RgbImage;

/**
 * Where each pixel of a changed image comes from: {@code (a·x + b·y + c, d·x + e·y + f)}, measured
 * from the corner to the middles of pixels; what comes from outside is black.
 */
record Placing(double a, double b, double c, double d, double e, double f) {

  static Placing shearX(double by) {
    return new Placing(1, by, 0, 0, 1, 0);
  }

  static Placing shearY(double by) {
    return new Placing(1, 0, 0, by, 1, 0);
  }

  static Placing shifted(double right, double down) {
    return new Placing(1, 0, -right, 0, 1, -down);
  }

  /** Around the middle, against the clock. */
  static Placing rotated(double degrees, int width, int height) {
    double angle = Math.toRadians(degrees);
    double cos = Math.cos(angle), sin = Math.sin(angle);
    double x = width / 2.0, y = height / 2.0;
    return new Placing(cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y);
  }

  RgbImage of(RgbImage image) {
    int width = image.width(), height = image.height();
    var in = image.rgb();
    var out = new byte[in.length];
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        double px = x + 0.5, py = y + 0.5;
        int fromX = (int) Math.floor(a * px + b * py + c);
        int fromY = (int) Math.floor(d * px + e * py + f);
        if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) continue;
        System.arraycopy(in, 3 * (fromY * width + fromX), out, 3 * (y * width + x), 3);
      }
    return new RgbImage(width, height, out);
  }
}
