package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/**
 * A letter of no alphabet: two to four curved strokes whose ends the number fixes and the hand
 * shakes.
 */
record Glyph(int number) implements Motif {

  private static final int PIECES = 6;
  private static final double SHAKE = 0.07;

  @Override
  public Texture picture(SplittableRandom random) {
    SplittableRandom form = new SplittableRandom(0x671F_0000L + number);
    int strokes = form.nextInt(2, 5);
    double width = random.nextDouble(0.12, 0.34);
    Shape glyph = (x, y) -> false;
    for (int i = 0; i < strokes; i++) {
      glyph = glyph.or(Shape.stroke(width, curve(form, random)));
    }
    Texture ground = Motif.ground(random);
    return Motif.filling(ground, random).inside(glyph.jittered(random, 0.05), ground);
  }

  /** A quadratic Bézier curve as a chain of lines. */
  private static double[] curve(SplittableRandom form, SplittableRandom hand) {
    double[] control = new double[6];
    for (int i = 0; i < control.length; i++) {
      control[i] = form.nextDouble(-0.9, 0.9) + hand.nextDouble(-SHAKE, SHAKE);
    }
    double[] points = new double[2 * (PIECES + 1)];
    for (int i = 0; i <= PIECES; i++) {
      double t = (double) i / PIECES;
      for (int axis = 0; axis < 2; axis++) {
        points[2 * i + axis] =
            (1 - t) * (1 - t) * control[axis]
                + 2 * t * (1 - t) * control[2 + axis]
                + t * t * control[4 + axis];
      }
    }
    return points;
  }
}
