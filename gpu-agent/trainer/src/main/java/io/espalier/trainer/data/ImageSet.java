package io.espalier.trainer.data;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Labelled images of one size, as 8-bit pixels outside the heap: (images, height, width, 3). They
 * become floats when a batch is made.
 */
public final class ImageSet {

  private final Area area;
  private final List<String> names;
  private final int[] labels;
  private final MemorySegment pixels;
  private final float[][] tables = new float[3][];

  /**
   * @param names one for each image
   * @param pixels images × height × width × 3 bytes, in the order of the names
   */
  ImageSet(
      ImagePreprocessing preprocessing,
      Area area,
      List<String> names,
      int[] labels,
      MemorySegment pixels) {
    this.area = area;
    this.names = List.copyOf(names);
    this.labels = labels.clone();
    this.pixels = pixels;
    if (names.size() != labels.length || pixels.byteSize() != labels.length * imageBytes()) {
      throw new IllegalArgumentException(
          "%d names, %d labels and %d bytes of pixels do not belong together"
              .formatted(names.size(), labels.length, pixels.byteSize()));
    }
    for (int channel = 0; channel < 3; channel++) {
      tables[channel] = preprocessing.table(channel);
    }
  }

  /** Images that are drawn rather than read. */
  public static ImageSet of(ImagePreprocessing preprocessing, List<RgbImage> images, int[] labels) {
    Area area = new Area(images.getFirst().width(), images.getFirst().height());
    byte[] bytes = new byte[Math.multiplyExact(images.size(), 3 * area.width() * area.height())];
    int at = 0;
    for (RgbImage image : images) {
      System.arraycopy(image.rgb(), 0, bytes, at, image.rgb().length);
      at += image.rgb().length;
    }
    List<String> names = images.stream().map(image -> "drawn").toList();
    return new ImageSet(preprocessing, area, names, labels, MemorySegment.ofArray(bytes));
  }

  public int size() {
    return labels.length;
  }

  public Area area() {
    return area;
  }

  public int label(int index) {
    return labels[index];
  }

  /** All labels, in the order of the images. */
  public int[] labels() {
    return labels.clone();
  }

  /** The name that an image has in its archive. */
  public String name(int index) {
    return names.get(index);
  }

  /** The images of these places, in this order; they share their pixels with this set. */
  public Selection select(int[] indices) {
    return new Selection(this, indices);
  }

  /** All images. */
  public Selection all() {
    int[] indices = new int[size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
    return select(indices);
  }

  long imageBytes() {
    return 3L * area.width() * area.height();
  }

  /** Writes an image as (3, height, width) floats. */
  void write(int index, Change change, float[] out, int at) {
    long image = index * imageBytes();
    int width = area.width();
    int height = area.height();
    int plane = width * height;
    for (int y = 0; y < height; y++) {
      long row = image + 3L * width * Math.clamp(y - change.down(), 0, height - 1);
      for (int x = 0; x < width; x++) {
        int moved = Math.clamp(x - change.right(), 0, width - 1);
        long pixel = row + 3L * (change.flipped() ? width - 1 - moved : moved);
        int to = at + y * width + x;
        for (int channel = 0; channel < 3; channel++) {
          int value = pixels.get(ValueLayout.JAVA_BYTE, pixel + channel) & 0xFF;
          out[to + channel * plane] = tables[channel][value];
        }
      }
    }
  }
}
