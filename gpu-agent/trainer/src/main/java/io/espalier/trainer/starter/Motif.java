package io.espalier.trainer.starter;

import java.util.SplittableRandom;

/**
 * What a class of drawn images has in common. A motif is fixed by its number; everything that it
 * does not fix (place, size, slant, and where colour is no matter of the class, colour) is drawn
 * anew for each image.
 */
sealed interface Motif permits Glyph, Outline, Surface, Rosette {

  /** A whole picture of this motif. */
  Texture picture(SplittableRandom random);

  /** Grounds that objects of any class may stand on; dark and plain ones are frequent. */
  static Texture ground(SplittableRandom random) {
    double kind = random.nextDouble();
    if (kind < 0.3) {
      return Texture.plain(Color.gray(0.12 * random.nextDouble()));
    }
    if (kind < 0.4) {
      return Texture.plain(Color.gray(1 - 0.12 * random.nextDouble()));
    }
    Color one = Color.any(random);
    if (kind < 0.55) {
      return Texture.plain(one);
    }
    Color two = Color.any(random);
    if (kind < 0.7) {
      double turns = random.nextDouble();
      return Texture.gradient(one, two, Wave.cos(turns), Wave.sin(turns));
    }
    Noise noise = new Noise(random.nextLong(), 4, random.nextDouble(0.4, 0.9));
    double scale = random.nextDouble(1, 5);
    return (x, y) -> one.mix(two, noise.at(x * scale, y * scale));
  }

  /** How an object is filled when its colour is no matter of its class. */
  static Texture filling(Texture ground, SplittableRandom random) {
    Color one = ground.at(0, 0).contrasting(random);
    double kind = random.nextDouble();
    if (kind < 0.35) {
      return Texture.plain(one);
    }
    Color two = one.mix(Color.any(random), 0.5);
    double turns = random.nextDouble();
    if (kind < 0.65) {
      return Texture.gradient(one, two, Wave.cos(turns), Wave.sin(turns));
    }
    if (kind < 0.8) {
      double frequency = random.nextDouble(2, 8);
      double dx = Wave.cos(turns) * frequency;
      double dy = Wave.sin(turns) * frequency;
      return (x, y) -> one.mix(two, 0.5 + 0.5 * Wave.sin(x * dx + y * dy));
    }
    Noise noise = new Noise(random.nextLong(), 3, 0.7);
    double scale = random.nextDouble(2, 8);
    return (x, y) -> one.mix(two, noise.at(x * scale, y * scale));
  }
}
