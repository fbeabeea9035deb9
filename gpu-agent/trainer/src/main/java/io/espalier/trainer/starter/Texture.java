package io.espalier.trainer.starter;

/** A colour for every point of the plane. */
@FunctionalInterface
interface Texture {

  /** Colour at (x, y); the picture is the square from −1 to 1, y downwards. */
  Color at(double x, double y);

  /** This texture where {@code shape} covers the point, {@code ground} elsewhere. */
  default Texture inside(Shape shape, Texture ground) {
    return (x, y) -> shape.contains(x, y) ? at(x, y) : ground.at(x, y);
  }

  /** One colour everywhere. */
  static Texture plain(Color color) {
    return (x, y) -> color;
  }

  /** From one colour to another along a direction of (dx, dy). */
  static Texture gradient(Color from, Color to, double dx, double dy) {
    return (x, y) -> from.mix(to, Math.clamp(0.5 + 0.5 * (x * dx + y * dy), 0, 1));
  }
}
