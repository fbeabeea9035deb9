package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/**
 * A solid thing known by its outline: a wavy closed line, or one that is the same on both sides,
 * with a hole, a notch or a part added.
 */
record Outline(int number) implements Motif {

  private static final int DIRECTIONS = 96;

  @Override
  public Texture picture(SplittableRandom random) {
    SplittableRandom form = new SplittableRandom(0x0071_0000L + number);
    boolean mirrored = form.nextInt(3) > 0;
    Shape body = Shape.contour(radii(form, random, mirrored));
    double stretch = form.nextDouble(0.45, 1.0);
    body = body.placed(0, 0, stretch, 1, 0, 0);
    int extra = form.nextInt(4);
    if (extra == 1) {
      double radius = form.nextDouble(0.15, 0.35);
      body = body.without(Shape.ellipse(0, form.nextDouble(-0.3, 0.3), radius, radius));
    } else if (extra == 2) {
      double half = form.nextDouble(0.06, 0.16);
      body = body.without(Shape.box(-half, form.nextDouble(-0.2, 0.4), half, 2));
    } else if (extra == 3) {
      double top = form.nextDouble(-0.9, -0.4);
      double half = form.nextDouble(0.5, 0.95);
      body = body.or(Shape.box(-half, top, half, top + form.nextDouble(0.2, 0.45)));
    }
    Texture ground = Motif.ground(random);
    return Motif.filling(ground, random).inside(body.jittered(random, 0.06), ground);
  }

  private static double[] radii(SplittableRandom form, SplittableRandom hand, boolean mirrored) {
    int corners = form.nextInt(2, 9);
    double[] height = new double[corners + 1];
    double[] phase = new double[corners + 1];
    for (int k = 1; k <= corners; k++) {
      height[k] = form.nextDouble(0, 0.55) / Math.sqrt(k) * hand.nextDouble(0.85, 1.15);
      // A line that is even about the vertical axis looks alike on both sides.
      phase[k] = mirrored ? 0.5 * form.nextInt(2) : form.nextDouble();
    }
    double[] radii = new double[DIRECTIONS];
    double largest = 0;
    for (int i = 0; i < DIRECTIONS; i++) {
      double turns = (double) i / DIRECTIONS;
      double radius = 1;
      for (int k = 1; k <= corners; k++) {
        radius += height[k] * Wave.cos(k * (turns - 0.25) + phase[k]);
      }
      radii[i] = Math.max(0.12, radius);
      largest = Math.max(largest, radii[i]);
    }
    for (int i = 0; i < DIRECTIONS; i++) {
      radii[i] /= largest;
    }
    return radii;
  }
}
