package io.espalier.trainer.starter;

import io.espalier.datasets.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The images that the starter is pre-trained on: letters of no alphabet, outlines, surfaces and
 * rosettes, {@value #CLASSES} classes. Image number n of a class is always the same.
 */
final class DrawnImages {

  static final int CLASSES = 128;

  private final List<Motif> motifs = new ArrayList<>();

  DrawnImages() {
    for (int label = 0; label < CLASSES; label++) {
      int number = label / 4;
      motifs.add(
          switch (label % 4) {
            case 0 -> new Glyph(number);
            case 1 -> new Outline(number);
            case 2 -> new Surface(number);
            default -> new Rosette(number);
          });
    }
  }

  /** Names such as {@code glyph-07}. */
  List<String> classes() {
    return motifs.stream()
        .map(motif ->
            switch (motif) {
              case Glyph(int number) -> name("glyph", number);
              case Outline(int number) -> name("outline", number);
              case Surface(int number) -> name("surface", number);
              case Rosette(int number) -> name("rosette", number);
            })
        .toList();
  }

  private static String name(String kind, int number) {
    return "%s-%02d".formatted(kind, number);
  }

  /** Image {@code number} of a class, {@code size} pixels square. */
  RgbImage draw(int label, long number, int size) {
    SplittableRandom random = new SplittableRandom(Noise.mix(number * CLASSES + label));
    Texture picture = motifs.get(label).picture(random);
    return Raster.of(cluttered(picture, random), size).photographed(random);
  }

  /** Sometimes something stands in the way. */
  private static Texture cluttered(Texture picture, SplittableRandom random) {
    Texture cluttered = picture;
    for (int i = random.nextInt(-3, 3); i > 0; i--) {
      double width = random.nextDouble(0.05, 0.3);
      Shape blot =
          Shape.ellipse(0, 0, width, random.nextDouble(0.05, 0.6))
              .placed(random.nextDouble(-1, 1), random.nextDouble(-1, 1), 1, random.nextDouble());
      cluttered = Texture.plain(Color.any(random)).inside(blot, cluttered);
    }
    return cluttered;
  }
}
