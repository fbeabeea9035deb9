package io.espalier.trainer.augment;

import io.espalier.datasets.image.RgbImage;

/**
 * What RandAugment draws from. Cubuk et al. 2019, arXiv:1909.13719; ranges as torchvision has them.
 * A level is a share in [−1, 1] of the most that an operation does; where it knows no direction the
 * sign does not count.
 */
enum Operation {
  IDENTITY,
  SHEAR_X,
  SHEAR_Y,
  TRANSLATE_X,
  TRANSLATE_Y,
  ROTATE,
  BRIGHTNESS,
  COLOUR,
  CONTRAST,
  SHARPNESS,
  POSTERIZE,
  SOLARIZE,
  AUTOCONTRAST,
  EQUALIZE;

  private static final double MOST_SHEAR = 0.3;
  private static final double MOST_SHIFT = 150.0 / 331;
  private static final double MOST_DEGREES = 30;
  private static final double MOST_FACTOR = 0.9;
  private static final int MOST_BITS_LOST = 4;

  RgbImage of(RgbImage image, double level) {
    return switch (this) {
      case IDENTITY -> image;
      case SHEAR_X -> Placing.shearX(MOST_SHEAR * level).of(image);
      case SHEAR_Y -> Placing.shearY(MOST_SHEAR * level).of(image);
      case TRANSLATE_X -> Placing.shifted((int) (MOST_SHIFT * image.width() * level), 0).of(image);
      case TRANSLATE_Y -> Placing.shifted(0, (int) (MOST_SHIFT * image.height() * level)).of(image);
      case ROTATE -> Placing.rotated(MOST_DEGREES * level, image.width(), image.height()).of(image);
      case BRIGHTNESS -> Tones.brightness(image, 1 + MOST_FACTOR * level);
      case COLOUR -> Tones.colour(image, 1 + MOST_FACTOR * level);
      case CONTRAST -> Tones.contrast(image, 1 + MOST_FACTOR * level);
      case SHARPNESS -> Tones.sharpness(image, 1 + MOST_FACTOR * level);
      case POSTERIZE ->
          Tones.posterize(image, 8 - (int) Math.rint(MOST_BITS_LOST * Math.abs(level)));
      case SOLARIZE -> Tones.solarize(image, 256 * (1 - Math.abs(level)));
      case AUTOCONTRAST -> Tones.autocontrast(image);
      case EQUALIZE -> Tones.equalize(image);
    };
  }
}
