package io.espalier.trainer.starter;

import io.espalier.datasets.image.RgbImage;
import java.util.SplittableRandom;

/** A picture in pixels, still in exact light: (size, size, 3). */
final class Raster {

  private static final double[] OFFSETS = {0.25, 0.75};

  private final int size;
  private final double[] light;

  private Raster(int size) {
    this.size = size;
    this.light = new double[3 * size * size];
  }

  /** Four samples a pixel smooth the edges. */
  static Raster of(Texture picture, int size) {
    Raster raster = new Raster(size);
    double weight = 1.0 / (OFFSETS.length * OFFSETS.length);
    int at = 0;
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        for (double down : OFFSETS) {
          for (double right : OFFSETS) {
            double x = 2 * (column + right) / size - 1;
            double y = 2 * (row + down) / size - 1;
            Color color = picture.at(x, y);
            raster.light[at] += weight * color.red();
            raster.light[at + 1] += weight * color.green();
            raster.light[at + 2] += weight * color.blue();
          }
        }
        at += 3;
      }
    }
    return raster;
  }

  /** As a camera might see it: now and then grey, of uneven light, contrast and grain. */
  RgbImage photographed(SplittableRandom random) {
    if (random.nextDouble() < 0.35) {
      for (int i = 0; i < light.length; i += 3) {
        double gray = new Color(light[i], light[i + 1], light[i + 2]).light();
        light[i] = gray;
        light[i + 1] = gray;
        light[i + 2] = gray;
      }
    }
    double contrast = random.nextDouble(0.7, 1.25);
    double bright = random.nextDouble(-0.1, 0.1);
    double grain = Math.max(0, random.nextDouble(-0.1, 0.1));
    for (int i = 0; i < light.length; i++) {
      double bell = random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
      light[i] = (light[i] - 0.5) * contrast + 0.5 + bright + 2 * grain * bell;
    }
    return developed();
  }

  /** The plain picture. */
  RgbImage developed() {
    byte[] rgb = new byte[light.length];
    for (int i = 0; i < light.length; i++) {
      rgb[i] = (byte) Math.round(255 * Math.clamp(light[i], 0, 1));
    }
    return new RgbImage(size, size, rgb);
  }
}
