package io.espalier.trainer.augment;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How each image of a step comes together with another one: mixed as a whole, or the other one seen
 * through a window. Zhang et al. 2017, arXiv:1710.09412; Yun et al. 2019, arXiv:1905.04899.
 *
 * @param own share of the target that is the image's own
 * @param window where the other image is seen; empty where both are mixed everywhere
 */
public record Mixing(double own, Optional<Window> window) {

  /** Images as they are. */
  public static final Mixing NONE = new Mixing(1, Optional.empty());

  /** Pixels from {@code left} and {@code top} to, not including, {@code right} and bottom. */
  public record Window(int left, int top, int right, int bottom) {
    private int area() {
      return (right - left) * (bottom - top);
    }

    boolean holds(int x, int y) {
      return x >= left && x < right && y >= top && y < bottom;
    }
  }

  /**
   * Draws the mixture of a step.
   *
   * @param mixup of Beta(mixup, mixup); 0 for none
   * @param cutmix likewise; where both are asked for, either with the same chance
   */
  public static Mixing drawn(
      double mixup, double cutmix, int width, int height, SplittableRandom random) {
    if (mixup <= 0 && cutmix <= 0) return NONE;
    boolean cuts = cutmix > 0 && (mixup <= 0 || random.nextBoolean());
    double own = beta(cuts ? cutmix : mixup, random);
    if (!cuts) return new Mixing(own, Optional.empty());
    double side = Math.sqrt(1 - own);
    int x = random.nextInt(width), y = random.nextInt(height);
    int halfWidth = (int) (width * side / 2), halfHeight = (int) (height * side / 2);
    var window =
        new Window(
            Math.max(0, x - halfWidth),
            Math.max(0, y - halfHeight),
            Math.min(width, x + halfWidth),
            Math.min(height, y + halfHeight));
    return new Mixing(1 - window.area() / ((double) width * height), Optional.of(window));
  }

  /**
   * Mixes another image into one; both are (3, height, width), row by row.
   *
   * @param at where in {@code pixels} the image begins; {@code other} is one image
   */
  public void into(float[] pixels, int at, float[] other, int width) {
    int plane = other.length / 3;
    for (int i = 0; i < other.length; i++) {
      int place = i % plane;
      pixels[at + i] =
          window.isPresent()
              ? window.get().holds(place % width, place / width) ? other[i] : pixels[at + i]
              : (float) (own * pixels[at + i] + (1 - own) * other[i]);
    }
  }

  /** Beta(a, a), as the share of one of two draws of Gamma(a). */
  private static double beta(double a, SplittableRandom random) {
    double first = gamma(a, random), second = gamma(a, random);
    return first + second == 0 ? 0.5 : first / (first + second);
  }

  /** Marsaglia and Tsang 2000, "A simple method for generating gamma variables". */
  private static double gamma(double shape, SplittableRandom random) {
    if (shape < 1) return gamma(shape + 1, random) * Math.pow(1 - random.nextDouble(), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v <= 0) continue;
      double u = 1 - random.nextDouble();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}
