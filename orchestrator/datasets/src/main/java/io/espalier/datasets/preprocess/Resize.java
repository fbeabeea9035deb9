package io.espalier.datasets.preprocess;

import io.espalier.datasets.image.RgbImage;

/**
 * Resizing as Pillow does it: two passes, the filter's support grows when shrinking (antialiasing),
 * weights and sums in fixed point, each pass rounded to 8 bits. The arithmetic is that of Pillow's
 * src/libImaging/Resample.c, so results agree bit for bit.
 */
final class Resize {

  /** 8 bits for the pixel, 2 for overshoot, the rest for the weights. */
  private static final int PRECISION = 32 - 8 - 2;

  private Resize() {}

  static RgbImage to(RgbImage image, int width, int height, Resample filter) {
    if (filter == Resample.NEAREST) {
      return nearest(image, width, height);
    }
    RgbImage wide = image.width() == width ? image : horizontal(image, width, filter);
    return wide.height() == height ? wide : vertical(wide, height, filter);
  }

  /** For each output pixel, the first input pixel it reads and the weights from there on. */
  private static final class Weights {

    final int[] first;
    final int[][] weights;

    private Weights(int[] first, int[][] weights) {
      this.first = first;
      this.weights = weights;
    }

    static Weights of(int in, int out, Resample filter) {
      double scale = (double) in / out;
      double spread = Math.max(scale, 1);
      double support = filter.support() * spread;
      int[] first = new int[out];
      int[][] weights = new int[out][];
      for (int i = 0; i < out; i++) {
        double center = (i + 0.5) * scale;
        first[i] = Math.max(0, (int) (center - support + 0.5));
        int end = Math.min(in, (int) (center + support + 0.5));
        weights[i] = fixedPoint(first[i], end, center, spread, filter);
      }
      return new Weights(first, weights);
    }

    private static int[] fixedPoint(
        int first, int end, double center, double spread, Resample filter) {
      double[] exact = new double[end - first];
      double sum = 0;
      for (int j = 0; j < exact.length; j++) {
        exact[j] = filter.weight((j + first - center + 0.5) * (1 / spread));
        sum += exact[j];
      }
      int[] fixed = new int[exact.length];
      for (int j = 0; j < exact.length; j++) {
        double weight = (sum == 0 ? exact[j] : exact[j] / sum) * (1 << PRECISION);
        fixed[j] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
      }
      return fixed;
    }
  }

  private static RgbImage horizontal(RgbImage image, int width, Resample filter) {
    Weights columns = Weights.of(image.width(), width, filter);
    byte[] in = image.rgb();
    byte[] out = new byte[3 * width * image.height()];
    int at = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        int start = (y * image.width() + columns.first[x]) * 3;
        at = weigh(in, start, 3, columns.weights[x], out, at);
      }
    }
    return new RgbImage(width, image.height(), out);
  }

  private static RgbImage vertical(RgbImage image, int height, Resample filter) {
    Weights rows = Weights.of(image.height(), height, filter);
    byte[] in = image.rgb();
    int stride = 3 * image.width();
    byte[] out = new byte[stride * height];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < image.width(); x++) {
        int start = rows.first[y] * stride + 3 * x;
        at = weigh(in, start, stride, rows.weights[y], out, at);
      }
    }
    return new RgbImage(image.width(), height, out);
  }

  /**
   * One output pixel from input pixels that lie {@code step} bytes apart; returns the next place.
   */
  private static int weigh(byte[] in, int start, int step, int[] weights, byte[] out, int at) {
    int red = 1 << (PRECISION - 1);
    int green = red;
    int blue = red;
    int from = start;
    for (int weight : weights) {
      red += (in[from] & 0xFF) * weight;
      green += (in[from + 1] & 0xFF) * weight;
      blue += (in[from + 2] & 0xFF) * weight;
      from += step;
    }
    out[at] = clip(red);
    out[at + 1] = clip(green);
    out[at + 2] = clip(blue);
    return at + 3;
  }

  private static byte clip(int sum) {
    return (byte) Math.clamp(sum >> PRECISION, 0, 255);
  }

  private static RgbImage nearest(RgbImage image, int width, int height) {
    byte[] out = new byte[3 * width * height];
    double columns = (double) image.width() / width;
    double rows = (double) image.height() / height;
    for (int y = 0; y < height; y++) {
      int fromY = (int) ((y + 0.5) * rows);
      for (int x = 0; x < width; x++) {
        int from = (fromY * image.width() + (int) ((x + 0.5) * columns)) * 3;
        System.arraycopy(image.rgb(), from, out, (y * width + x) * 3, 3);
      }
    }
    return new RgbImage(width, height, out);
  }
}
