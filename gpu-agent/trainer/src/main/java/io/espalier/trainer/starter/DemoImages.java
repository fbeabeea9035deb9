package io.espalier.trainer.starter;

import io.espalier.datasets.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pictograms for a first fine-tune: things with names, in a style of their own. They share no class
 * with {@link DrawnImages}, so the starter has seen none of them.
 */
final class DemoImages {

  /** A thing made of parts, each with a paint number; paint 0 is the main colour. */
  private record Pictogram(String name, List<Part> parts) {}

  private record Part(int paint, Shape shape) {}

  private static final List<Pictogram> PICTOGRAMS =
      List.of(
          thing(
              "boat",
              part(0, Shape.polygon(-0.9, 0.25, 0.9, 0.25, 0.55, 0.75, -0.55, 0.75)),
              part(1, Shape.polygon(-0.05, -0.85, -0.05, 0.15, -0.7, 0.15)),
              part(2, Shape.polygon(0.05, -0.6, 0.05, 0.15, 0.55, 0.15))),
          thing(
              "car",
              part(0, Shape.box(-0.95, -0.05, 0.95, 0.4)),
              part(0, Shape.polygon(-0.6, -0.05, -0.35, -0.5, 0.35, -0.5, 0.65, -0.05)),
              part(1, Shape.polygon(-0.42, -0.08, -0.27, -0.4, 0.27, -0.4, 0.45, -0.08)),
              part(
                  2,
                  Shape.ellipse(-0.5, 0.42, 0.22, 0.22).or(Shape.ellipse(0.5, 0.42, 0.22, 0.22)))),
          thing(
              "cup",
              part(0, Shape.polygon(-0.6, -0.6, 0.4, -0.6, 0.3, 0.7, -0.5, 0.7)),
              part(0, Shape.ellipse(0.45, 0, 0.4, 0.4).without(Shape.ellipse(0.45, 0, 0.22, 0.22))),
              part(1, Shape.box(-0.52, -0.3, 0.33, -0.05))),
          thing(
              "fish",
              part(0, Shape.ellipse(-0.15, 0, 0.65, 0.4)),
              part(1, Shape.polygon(0.35, 0, 0.95, -0.45, 0.95, 0.45)),
              part(2, Shape.ellipse(-0.5, -0.1, 0.09, 0.09))),
          thing(
              "house",
              part(0, Shape.box(-0.65, -0.1, 0.65, 0.8)),
              part(1, Shape.polygon(-0.85, -0.1, 0, -0.85, 0.85, -0.1)),
              part(2, Shape.box(-0.15, 0.25, 0.2, 0.8))),
          thing(
              "mushroom",
              part(0, Shape.ellipse(0, 0, 0.85, 0.75).without(Shape.box(-1, 0.05, 1, 1))),
              part(1, Shape.box(-0.2, 0.05, 0.2, 0.8)),
              part(
                  2,
                  Shape.ellipse(-0.35, -0.3, 0.14, 0.12)
                      .or(Shape.ellipse(0.3, -0.35, 0.17, 0.14)))),
          thing(
              "rocket",
              part(0, Shape.ellipse(0, -0.1, 0.3, 0.8)),
              part(1, Shape.polygon(-0.28, 0.15, -0.7, 0.8, 0.7, 0.8, 0.28, 0.15)),
              part(2, Shape.ellipse(0, -0.3, 0.14, 0.14))),
          thing(
              "tree",
              part(1, Shape.box(-0.12, 0.3, 0.12, 0.9)),
              part(0, Shape.polygon(-0.75, 0.4, 0, -0.3, 0.75, 0.4)),
              part(0, Shape.polygon(-0.55, -0.1, 0, -0.9, 0.55, -0.1))));

  private static Part part(int paint, Shape shape) {
    return new Part(paint, shape);
  }

  private static Pictogram thing(String name, Part... parts) {
    return new Pictogram(name, List.of(parts));
  }

  List<String> classes() {
    return PICTOGRAMS.stream().map(Pictogram::name).toList();
  }

  /** Pictogram {@code number} of a class, {@code size} pixels square. */
  RgbImage draw(int label, long number, int size) {
    SplittableRandom random =
        new SplittableRandom(Noise.mix(number * PICTOGRAMS.size() + label) ^ 0xDE40L);
    Texture sky =
        Texture.gradient(Color.any(random), Color.any(random), 0, random.nextDouble(-1, 1));
    List<Color> paints = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      paints.add((i == 0 ? sky.at(0, 0) : paints.getFirst()).contrasting(random));
    }
    Texture picture = sky;
    double cx = random.nextDouble(-0.25, 0.25);
    double cy = random.nextDouble(-0.25, 0.25);
    double scale = random.nextDouble(0.5, 0.85);
    double mirror = random.nextBoolean() ? scale : -scale;
    double turns = random.nextDouble(-0.06, 0.06);
    for (Part part : PICTOGRAMS.get(label).parts()) {
      Shape placed = part.shape().placed(cx, cy, mirror, scale, turns, 0);
      picture = Texture.plain(paints.get(part.paint())).inside(placed, picture);
    }
    return Raster.of(picture, size).photographed(random);
  }
}
