package io.espalier.datasets.preprocess;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;

/** The middle of an image; where the image is smaller, the rest is black. */
final class CenterCrop {

  private CenterCrop() {}

  static RgbImage of(RgbImage image, Area area) {
    int left = start(image.width(), area.width());
    int top = start(image.height(), area.height());
    byte[] out = new byte[3 * area.width() * area.height()];
    for (int y = 0; y < area.height(); y++) {
      int fromY = y + top;
      if (fromY < 0 || fromY >= image.height()) {
        continue;
      }
      int fromX = Math.max(0, left);
      int count = Math.min(image.width(), left + area.width()) - fromX;
      System.arraycopy(
          image.rgb(),
          (fromY * image.width() + fromX) * 3,
          out,
          (y * area.width() + fromX - left) * 3,
          count * 3);
    }
    return new RgbImage(area.width(), area.height(), out);
  }

  /** Half the surplus rounded down; half of a lack rounded up, as the reference pads. */
  private static int start(int size, int wanted) {
    return Math.floorDiv(size - wanted, 2);
  }
}
