package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/** Several equal parts around a middle, in a row or strewn about, in the hues of the class. */
record Rosette(int number) implements Motif {

  @Override
  public Texture picture(SplittableRandom random) {
    SplittableRandom form = new SplittableRandom(0x2057_0000L + number);
    int parts = form.nextInt(3, 12);
    int order = form.nextInt(3);
    double length = form.nextDouble(0.3, 0.6);
    double width = form.nextDouble(0.1, 0.45) * length * 2;
    double pointed = form.nextDouble();
    double hue = form.nextDouble();
    Color color = Surface.jittered(hue, form.nextDouble(), form.nextDouble(0.5, 1), random);
    Color heart =
        Surface.jittered(form.nextDouble(), form.nextDouble(), form.nextDouble(0.1, 1), random);
    double heartRadius = form.nextDouble(0, 0.35);
    Shape part = leaf(length, width, pointed);
    Shape all = (x, y) -> false;
    for (int i = 0; i < parts; i++) {
      all = all.or(place(part, i, parts, order, length, random));
    }
    Shape middle = Shape.ellipse(0, 0, heartRadius, heartRadius);
    double cx = random.nextDouble(-0.3, 0.3);
    double cy = random.nextDouble(-0.3, 0.3);
    double scale = random.nextDouble(0.6, 1.15);
    double turns = order == 1 ? random.nextDouble(-0.08, 0.08) : random.nextDouble();
    Texture ground = Motif.ground(random);
    double shade = random.nextDouble(0.2, 1);
    Texture petals = (x, y) -> color.times(1 - 0.4 * shade * Math.clamp(x * x + y * y, 0, 1));
    Texture picture = petals.inside(all.placed(cx, cy, scale, turns), ground);
    return order == 0
        ? Texture.plain(heart).inside(middle.placed(cx, cy, scale, 0), picture)
        : picture;
  }

  private static Shape place(
      Shape part, int index, int parts, int order, double length, SplittableRandom random) {
    double shake = random.nextDouble(-0.04, 0.04);
    return switch (order) {
      case 0 -> {
        double turns = (double) index / parts + shake / 4;
        double distance = 0.4 + shake;
        yield part.placed(distance * Wave.cos(turns), distance * Wave.sin(turns), 1, turns);
      }
      case 1 -> part.placed(-0.9 + 1.8 * (index + 0.5) / parts, shake, 0.8, 0.25 + shake);
      default ->
          part.placed(
              random.nextDouble(-0.8, 0.8),
              random.nextDouble(-0.8, 0.8),
              Math.min(0.6, 0.25 / length),
              random.nextDouble());
    };
  }

  /** An ellipse that runs to a point where {@code pointed} is 1. */
  private static Shape leaf(double length, double width, double pointed) {
    return (x, y) -> {
      double along = x / length;
      if (along < -1 || along > 1) {
        return false;
      }
      double half = width / 2 * Math.sqrt(1 - along * along) * (1 - pointed * 0.5 * (1 + along));
      return Math.abs(y) <= half;
    };
  }
}
