package io.espalier.trainer.data;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Labelled images of one size, as 8-bit pixels outside the heap: (images, height, width, 3). They
 * become floats when a batch is made.
 */
public final class ImageSet implements Samples {

  private final Area area;
  private final List<String> names;
  private final Targets targets;
  private final MemorySegment pixels;
  private final float[][] tables;
  private final Augmentation augmentation;
  private final @Nullable StrongChanges strong;

  /**
   * @param names one for each image
   * @param pixels images × height × width × 3 bytes, in the order of the names
   */
  ImageSet(
      ImagePreprocessing preprocessing,
      Area area,
      List<String> names,
      Targets targets,
      MemorySegment pixels) {
    this.area = area;
    this.names = List.copyOf(names);
    this.targets = targets;
    this.pixels = pixels;
    if (names.size() != targets.size() || pixels.byteSize() != targets.size() * imageBytes()) {
      throw new IllegalArgumentException(
          "%d names, %d labels and %d bytes of pixels do not belong together"
              .formatted(names.size(), targets.size(), pixels.byteSize()));
    }
    this.tables = new float[3][];
    for (int channel = 0; channel < 3; channel++) {
      tables[channel] = preprocessing.table(channel);
    }
    this.augmentation = Augmentation.NONE;
    this.strong = null;
  }

  private ImageSet(
      ImageSet plain, Targets targets, Augmentation augmentation, @Nullable StrongChanges strong) {
    this.area = plain.area;
    this.names = plain.names;
    this.targets = targets;
    this.pixels = plain.pixels;
    this.tables = plain.tables;
    this.augmentation = augmentation;
    this.strong = strong;
  }

  /** The same images, which training sees changed. */
  public ImageSet changedBy(Augmentation other) {
    return new ImageSet(this, targets, other, null);
  }

  /** The same images, which training sees changed strongly. */
  public ImageSet changedBy(StrongChanges other) {
    return new ImageSet(this, targets, Augmentation.NONE, other);
  }

  @Override
  public ImageSet changed() {
    return changedBy(new Augmentation(Augmentation.padding(area.width()), true));
  }

  @Override
  public ImageSet wanting(Targets other) {
    return new ImageSet(this, other, augmentation, strong);
  }

  /** Images that are drawn rather than read. */
  public static ImageSet of(ImagePreprocessing preprocessing, List<RgbImage> images, int[] labels) {
    return of(preprocessing, images, labels, "drawn");
  }

  /** Images that all have one name. */
  public static ImageSet of(
      ImagePreprocessing preprocessing, List<RgbImage> images, int[] labels, String name) {
    Area area = new Area(images.getFirst().width(), images.getFirst().height());
    byte[] bytes = new byte[Math.multiplyExact(images.size(), 3 * area.width() * area.height())];
    int at = 0;
    for (RgbImage image : images) {
      System.arraycopy(image.rgb(), 0, bytes, at, image.rgb().length);
      at += image.rgb().length;
    }
    List<String> names = images.stream().map(_ -> name).toList();
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    return new ImageSet(
        preprocessing,
        area,
        names,
        Targets.OfClasses.of(classes, labels),
        MemorySegment.ofArray(bytes));
  }

  @Override
  public int size() {
    return targets.size();
  }

  public Area area() {
    return area;
  }

  @Override
  public Targets targets() {
    return targets;
  }

  @Override
  public String name(int index) {
    return names.get(index);
  }

  /** All images of a set are of one size. */
  @Override
  public int length(int index) {
    return 1;
  }

  @Override
  public Batch batch(int[] indices) {
    return batch(indices, 0, _ -> Change.NONE);
  }

  @Override
  public Batch training(int[] indices, long seed) {
    return strong == null
        ? batch(indices, seed, augmentation::change)
        : strong.batch(this, indices, seed);
  }

  RgbImage image(int index) {
    var bytes = pixels.asSlice(index * imageBytes(), imageBytes());
    return new RgbImage(area.width(), area.height(), bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  /** Writes an image of this set's size as (3, height, width) floats. */
  void write(RgbImage image, float[] out, int at) {
    int plane = area.width() * area.height();
    for (int i = 0; i < plane; i++)
      for (int channel = 0; channel < 3; channel++)
        out[at + channel * plane + i] = tables[channel][image.rgb()[3 * i + channel] & 0xFF];
  }

  /** These images with left and right exchanged. */
  public Batch mirrored(int[] indices) {
    return batch(indices, 0, _ -> Change.MIRRORED);
  }

  /** These images, all moved by so many pixels to the right and down. */
  public Batch moved(int[] indices, int by) {
    return batch(indices, 0, _ -> new Change(by, by, false));
  }

  private Batch batch(int[] indices, long seed, Function<SplittableRandom, Change> changes) {
    int each = (int) imageBytes();
    float[] floats = new float[Math.multiplyExact(each, indices.length)];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < indices.length; i++) {
      write(indices[i], changes.apply(random), floats, i * each);
    }
    return batch(floats, indices);
  }

  /** Images as floats (B, 3, height, width), with what is wanted of them. */
  Batch batch(float[] floats, int[] indices) {
    return Batch.of(
        Map.of(
            "pixel_values",
            Tensor.of(floats, indices.length, 3, area.height(), area.width()),
            "labels",
            targets.labels(indices, 0)));
  }

  private long imageBytes() {
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
