package io.espalier.datasets.preprocess;

import java.util.Optional;

/** Pillow's filters, with the numbers that {@code preprocessor_config.json} gives them. */
public enum Resample {
  NEAREST(0, 0),
  LANCZOS(1, 3),
  BILINEAR(2, 1),
  BICUBIC(3, 2),
  BOX(4, 0.5),
  HAMMING(5, 1);

  private static final double BICUBIC_A = -0.5;

  private final int number;
  private final double support;

  Resample(int number, double support) {
    this.number = number;
    this.support = support;
  }

  static Optional<Resample> ofNumber(int number) {
    for (Resample filter : values()) {
      if (filter.number == number) {
        return Optional.of(filter);
      }
    }
    return Optional.empty();
  }

  /** Half the filter's width, in pixels of the smaller image. */
  double support() {
    return support;
  }

  /** Weight at distance {@code x} from the centre (Pillow, src/libImaging/Resample.c). */
  double weight(double x) {
    double distance = Math.abs(x);
    return switch (this) {
      case NEAREST -> throw new IllegalStateException("the nearest pixel has no weights");
      case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
      case BILINEAR -> distance < 1 ? 1 - distance : 0;
      case HAMMING -> hamming(distance);
      case BICUBIC -> bicubic(distance);
      case LANCZOS -> -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    };
  }

  private static double hamming(double distance) {
    if (distance == 0) {
      return 1;
    }
    if (distance >= 1) {
      return 0;
    }
    double angle = distance * Math.PI;
    return Math.sin(angle) / angle * (0.54 + 0.46 * Math.cos(angle));
  }

  private static double bicubic(double distance) {
    if (distance < 1) {
      return ((BICUBIC_A + 2) * distance - (BICUBIC_A + 3)) * distance * distance + 1;
    }
    if (distance < 2) {
      return (((distance - 5) * distance + 8) * distance - 4) * BICUBIC_A;
    }
    return 0;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
  }
}
