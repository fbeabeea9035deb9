package io.espalier.datasets.image;

/**
 * Pixels with 8 bits for each of red, green and blue, row by row from the top: (height, width, 3).
 * The array is handed over, not copied: whoever makes an image gives its array away.
 */
public final class RgbImage {

  private final int width;
  private final int height;
  private final byte[] rgb;

  /**
   * @throws IllegalArgumentException when {@code rgb} does not hold width × height × 3 bytes
   */
  public RgbImage(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "%d × %d pixels need 3 bytes each, not %d".formatted(width, height, rgb.length));
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The pixels themselves; treat them as read-only. */
  public byte[] rgb() {
    return rgb;
  }

  /** Value of a channel (0 red, 1 green, 2 blue) from 0 to 255. */
  public int at(int x, int y, int channel) {
    return rgb[(y * width + x) * 3 + channel] & 0xFF;
  }
}
