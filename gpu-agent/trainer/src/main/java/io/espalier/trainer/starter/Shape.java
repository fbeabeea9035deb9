package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/** A part of the plane. */
@FunctionalInterface
interface Shape {

  boolean contains(double x, double y);

  default Shape or(Shape other) {
    return (x, y) -> contains(x, y) || other.contains(x, y);
  }

  default Shape without(Shape other) {
    return (x, y) -> contains(x, y) && !other.contains(x, y);
  }

  /** This shape turned by {@code turns}, scaled, then moved so that its origin lies at (cx, cy). */
  default Shape placed(double cx, double cy, double scale, double turns) {
    return placed(cx, cy, scale, scale, turns, 0);
  }

  /** As above with a scale per axis and a slant, as by hand. */
  default Shape placed(
      double cx, double cy, double scaleX, double scaleY, double turns, double slant) {
    double cos = Wave.cos(turns);
    double sin = Wave.sin(turns);
    return (x, y) -> {
      double dx = x - cx;
      double dy = y - cy;
      double u = (cos * dx + sin * dy) / scaleX;
      double v = (cos * dy - sin * dx) / scaleY;
      return contains(u + slant * v, v);
    };
  }

  static Shape ellipse(double cx, double cy, double radiusX, double radiusY) {
    return (x, y) -> {
      double dx = (x - cx) / radiusX;
      double dy = (y - cy) / radiusY;
      return dx * dx + dy * dy <= 1;
    };
  }

  static Shape box(double left, double top, double right, double bottom) {
    return (x, y) -> x >= left && x <= right && y >= top && y <= bottom;
  }

  /** The inside of a polygon by the even-odd rule; coordinates x0, y0, x1, y1, … */
  static Shape polygon(double... points) {
    return (x, y) -> {
      boolean inside = false;
      for (int i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
        boolean crosses = points[i + 1] > y != points[j + 1] > y;
        if (crosses
            && x
                < (points[j] - points[i]) * (y - points[i + 1]) / (points[j + 1] - points[i + 1])
                    + points[i]) {
          inside = !inside;
        }
      }
      return inside;
    };
  }

  /** All points within half the width of a line through these points. */
  static Shape stroke(double width, double... points) {
    double reach = width * width / 4;
    return (x, y) -> {
      for (int i = 0; i + 3 < points.length; i += 2) {
        double dx = points[i + 2] - points[i];
        double dy = points[i + 3] - points[i + 1];
        double length = dx * dx + dy * dy;
        double along = (x - points[i]) * dx + (y - points[i + 1]) * dy;
        double t = length == 0 ? 0 : Math.clamp(along / length, 0, 1);
        double ex = x - points[i] - t * dx;
        double ey = y - points[i + 1] - t * dy;
        if (ex * ex + ey * ey <= reach) {
          return true;
        }
      }
      return false;
    };
  }

  /** A closed outline by its radius in each direction; {@code radii} lie evenly around. */
  static Shape contour(double... radii) {
    return (x, y) -> {
      double at = Wave.turns(x, y) * radii.length;
      int index = (int) at;
      double next = radii[(index + 1) % radii.length];
      double here = radii[index % radii.length];
      double radius = here + (at - index) * (next - here);
      return x * x + y * y <= radius * radius;
    };
  }

  /** The shape somewhere near the middle, a little scaled, turned and slanted. */
  default Shape jittered(SplittableRandom random, double turns) {
    double scale = random.nextDouble(0.55, 1.0);
    double stretch = random.nextDouble(0.85, 1.18);
    double room = 1.05 - 0.75 * scale;
    return placed(
        random.nextDouble(-room, room),
        random.nextDouble(-room, room),
        scale * stretch,
        scale / stretch,
        random.nextDouble(-turns, turns),
        random.nextDouble(-0.2, 0.2));
  }
}
