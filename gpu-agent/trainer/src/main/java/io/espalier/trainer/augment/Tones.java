package io.espalier.trainer.augment;

import io.espalier.datasets.image.RgbImage;
import java.util.Arrays;

/**
 * Operations on the values of pixels, in the arithmetic of Pillow's ImageEnhance and ImageOps, so
 * that results agree with it byte for byte.
 */
final class Tones {

  private static final int VALUES = 256;

  private Tones() {}

  /** {@code factor} 0 is black, 1 the image. */
  static RgbImage brightness(RgbImage image, double factor) {
    return blend(new byte[image.rgb().length], image, factor);
  }

  /** {@code factor} 0 is grey, 1 the image. */
  static RgbImage colour(RgbImage image, double factor) {
    var grey = new byte[image.rgb().length];
    for (int i = 0; i < grey.length; i += 3) {
      byte value = (byte) luminance(image.rgb(), i);
      grey[i] = value;
      grey[i + 1] = value;
      grey[i + 2] = value;
    }
    return blend(grey, image, factor);
  }

  /** {@code factor} 0 is the mean grey of the whole, 1 the image. */
  static RgbImage contrast(RgbImage image, double factor) {
    var rgb = image.rgb();
    long sum = 0;
    for (int i = 0; i < rgb.length; i += 3) sum += luminance(rgb, i);
    int pixels = rgb.length / 3;
    var flat = new byte[rgb.length];
    Arrays.fill(flat, (byte) (int) ((double) sum / pixels + 0.5));
    return blend(flat, image, factor);
  }

  /** {@code factor} 0 is smoothed, 1 the image. */
  static RgbImage sharpness(RgbImage image, double factor) {
    return blend(smoothed(image), image, factor);
  }

  /** The mean of each pixel, five times, and its eight neighbours; the border stays. */
  private static byte[] smoothed(RgbImage image) {
    int width = image.width(), height = image.height(), row = 3 * width;
    var in = image.rgb();
    var out = in.clone();
    for (int y = 1; y < height - 1; y++)
      for (int x = 3; x < row - 3; x++) {
        int at = y * row + x, sum = 4 * value(in, at);
        for (int dy = -row; dy <= row; dy += row)
          for (int dx = -3; dx <= 3; dx += 3) sum += value(in, at + dy + dx);
        out[at] = (byte) ((2 * sum + 13) / 26);
      }
    return out;
  }

  /** Keeps the highest bits of each value. */
  static RgbImage posterize(RgbImage image, int bits) {
    int mask = -(1 << (8 - bits)) & 0xFF;
    return mapped(image, (_, value) -> value & mask);
  }

  /** Inverts what is not below the threshold. */
  static RgbImage solarize(RgbImage image, double threshold) {
    return mapped(image, (_, value) -> value < threshold ? value : 255 - value);
  }

  /** Stretches each channel from its darkest value to its brightest. */
  static RgbImage autocontrast(RgbImage image) {
    var tables = new int[3][];
    for (int channel = 0; channel < 3; channel++) {
      var counts = counts(image, channel);
      int low = 0, high = VALUES - 1;
      while (low < high && counts[low] == 0) low++;
      while (high > low && counts[high] == 0) high--;
      double scale = high > low ? 255.0 / (high - low) : 1;
      double offset = high > low ? -low * scale : 0;
      tables[channel] = new int[VALUES];
      for (int value = 0; value < VALUES; value++)
        tables[channel][value] = Math.clamp((long) (value * scale + offset), 0, 255);
    }
    return mapped(image, (channel, value) -> tables[channel][value]);
  }

  /** Makes all values of each channel about as frequent. */
  static RgbImage equalize(RgbImage image) {
    var tables = new int[3][];
    for (int channel = 0; channel < 3; channel++)
      tables[channel] = equalizing(counts(image, channel));
    return mapped(image, (channel, value) -> tables[channel][value]);
  }

  private static int[] equalizing(int[] counts) {
    int all = 0, last = 0;
    for (int count : counts) {
      all += count;
      if (count > 0) last = count;
    }
    int step = (all - last) / 255;
    int passed = step / 2;
    var table = new int[VALUES];
    for (int value = 0; value < VALUES; value++) {
      table[value] = step == 0 ? value : Math.min(255, passed / step);
      passed += counts[value];
    }
    return table;
  }

  private static int[] counts(RgbImage image, int channel) {
    var counts = new int[VALUES];
    for (int i = channel; i < image.rgb().length; i += 3) counts[value(image.rgb(), i)]++;
    return counts;
  }

  /** From {@code other} at 0 to the image at 1, and on beyond; cut at the ends of the range. */
  private static RgbImage blend(byte[] other, RgbImage image, double factor) {
    float share = (float) factor;
    var rgb = image.rgb();
    var out = new byte[rgb.length];
    for (int i = 0; i < out.length; i++) {
      int from = value(other, i);
      out[i] = (byte) (int) Math.clamp(from + share * (value(rgb, i) - from), 0f, 255f);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  @FunctionalInterface
  private interface Mapping {
    int of(int channel, int value);
  }

  private static RgbImage mapped(RgbImage image, Mapping mapping) {
    var rgb = image.rgb();
    var out = new byte[rgb.length];
    for (int i = 0; i < out.length; i++) out[i] = (byte) mapping.of(i % 3, value(rgb, i));
    return new RgbImage(image.width(), image.height(), out);
  }

  /** ITU-R 601-2, in 16 bits behind the point. */
  private static int luminance(byte[] rgb, int at) {
    return (value(rgb, at) * 19595
            + value(rgb, at + 1) * 38470
            + value(rgb, at + 2) * 7471
            + 0x8000)
        >> 16;
  }

  private static int value(byte[] bytes, int at) {
    return bytes[at] & 0xFF;
  }
}
