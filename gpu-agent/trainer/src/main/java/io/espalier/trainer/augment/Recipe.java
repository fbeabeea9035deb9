package io.espalier.trainer.augment;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.ImagePreprocessing.Target;
import io.espalier.datasets.preprocess.Resample;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How one image is changed: cropped, mirrored, and sent through RandAugment.
 *
 * @param smallestCrop share of an image that is left at least; 1 for no crop
 * @param flips whether half of the images are mirrored
 * @param operations of RandAugment that an image sees
 * @param magnitude of them, from 0 to {@value #MOST_MAGNITUDE}
 */
public record Recipe(double smallestCrop, boolean flips, int operations, int magnitude) {

  static final int MOST_MAGNITUDE = 30;

  private static final int TRIES = 10;
  private static final double NARROWEST = Math.log(3.0 / 4);
  private static final Operation[] OPERATIONS = Operation.values();

  /** Of the same size as the image. */
  public RgbImage of(RgbImage image, SplittableRandom random) {
    var changed = smallestCrop < 1 ? cropped(image, random) : image;
    if (flips && random.nextBoolean()) changed = mirrored(changed);
    for (int i = 0; i < operations; i++) {
      var operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
      double level = (double) magnitude / MOST_MAGNITUDE;
      changed = operation.of(changed, random.nextBoolean() ? level : -level);
    }
    return changed;
  }

  /** A window of chance in size, shape and place, brought to the size of the whole. */
  private RgbImage cropped(RgbImage image, SplittableRandom random) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      double area = image.width() * (double) image.height() * between(random, smallestCrop, 1);
      double shape = Math.exp(between(random, NARROWEST, -NARROWEST));
      int width = (int) Math.rint(Math.sqrt(area * shape));
      int height = (int) Math.rint(Math.sqrt(area / shape));
      if (width < 1 || height < 1 || width > image.width() || height > image.height()) continue;
      int left = random.nextInt(image.width() - width + 1);
      int top = random.nextInt(image.height() - height + 1);
      return resized(window(image, left, top, width, height), image.width(), image.height());
    }
    return image;
  }

  private static double between(SplittableRandom random, double from, double to) {
    return from + (to - from) * random.nextDouble();
  }

  private static RgbImage window(RgbImage image, int left, int top, int width, int height) {
    var out = new byte[3 * width * height];
    for (int y = 0; y < height; y++)
      System.arraycopy(
          image.rgb(), 3 * ((top + y) * image.width() + left), out, 3 * y * width, 3 * width);
    return new RgbImage(width, height, out);
  }

  private static RgbImage resized(RgbImage image, int width, int height) {
    var target = new Target.Exactly(new Area(width, height), Resample.BILINEAR);
    var plain = List.of(0.0, 0.0, 0.0);
    return new ImagePreprocessing(
            Optional.of(target), Optional.empty(), 1, plain, List.of(1.0, 1.0, 1.0))
        .spatial(image);
  }

  private static RgbImage mirrored(RgbImage image) {
    int width = image.width();
    var out = new byte[image.rgb().length];
    for (int y = 0; y < image.height(); y++)
      for (int x = 0; x < width; x++)
        System.arraycopy(image.rgb(), 3 * (y * width + x), out, 3 * (y * width + width - 1 - x), 3);
    return new RgbImage(width, image.height(), out);
  }
}
