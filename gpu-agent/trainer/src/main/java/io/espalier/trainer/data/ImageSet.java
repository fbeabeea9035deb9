package io.espalier.trainer.data;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Labelled images of one size. They become floats when a batch is made, on whatever threads there
 * are: what a batch holds is drawn before, so it does not depend on them.
 */
public final class ImageSet implements Samples {

  private final Area area;
  private final List<String> names;
  private final Targets targets;
  private final Pictures pictures;
  private final float[][] tables;
  private final Augmentation augmentation;
  private final @Nullable StrongChanges strong;

  /**
   * @param names one for each image
   * @param pictures in the order of the names
   */
  ImageSet(
      ImagePreprocessing preprocessing,
      Area area,
      List<String> names,
      Targets targets,
      Pictures pictures) {
    this.area = area;
    this.names = List.copyOf(names);
    this.targets = targets;
    this.pictures = pictures;
    if (names.size() != targets.size() || pictures.size() != targets.size()) {
      throw new IllegalArgumentException(
          "%d names, %d labels and %d images do not belong together"
              .formatted(names.size(), targets.size(), pictures.size()));
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
    this.pictures = plain.pictures;
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
    List<String> names = images.stream().map(_ -> name).toList();
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    return new ImageSet(
        preprocessing,
        area,
        names,
        Targets.OfClasses.of(classes, labels),
        new Pictures.InMemory(images));
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
  public Map<String, Long> largest() {
    return Map.of("H", (long) area.height(), "W", (long) area.width());
  }

  @Override
  public Batch batch(int[] indices) {
    return batch(indices, _ -> Change.NONE);
  }

  @Override
  public Batch training(int[] indices, long seed) {
    if (strong != null) return strong.batch(this, indices, seed);
    SplittableRandom random = new SplittableRandom(seed);
    Change[] changes = new Change[indices.length];
    for (int i = 0; i < indices.length; i++) changes[i] = augmentation.change(random);
    return batch(indices, i -> changes[i]);
  }

  /** These images with left and right exchanged. */
  public Batch mirrored(int[] indices) {
    return batch(indices, _ -> Change.MIRRORED);
  }

  /** These images, all moved by so many pixels to the right and down. */
  public Batch moved(int[] indices, int by) {
    return batch(indices, _ -> new Change(by, by, false));
  }

  /** {@code changes}: by the place in the batch. */
  private Batch batch(int[] indices, IntFunction<Change> changes) {
    return filled(indices, (place, image, out, at) -> write(image, changes.apply(place), out, at));
  }

  /** Writes the image of a place in a batch as (3, height, width) floats. */
  interface Writing {
    void write(int place, RgbImage image, float[] out, int at);
  }

  /** Images as floats (B, 3, height, width), with what is wanted of them. */
  Batch filled(int[] indices, Writing writing) {
    int each = 3 * area.width() * area.height();
    float[] floats = new float[Math.multiplyExact(each, indices.length)];
    int[] whole = new int[indices.length];
    pictures
        .workers()
        .each(
            indices.length,
            place -> {
              Pictures.Picture picture = pictures.whole(indices[place]);
              whole[place] = picture.index();
              writing.write(place, picture.image(), floats, place * each);
            });
    return Batch.of(
        Map.of(
            "pixel_values",
            Tensor.of(floats, indices.length, 3, area.height(), area.width()),
            "labels",
            targets.labels(whole, 0)));
  }

  /** Writes an image of this set's size as (3, height, width) floats. */
  void write(RgbImage image, float[] out, int at) {
    write(image, Change.NONE, out, at);
  }

  void write(RgbImage image, Change change, float[] out, int at) {
    int width = area.width();
    int height = area.height();
    int plane = width * height;
    byte[] rgb = image.rgb();
    int[] columns = new int[width];
    for (int x = 0; x < width; x++) {
      int moved = Math.clamp(x - change.right(), 0, width - 1);
      columns[x] = 3 * (change.flipped() ? width - 1 - moved : moved);
    }
    for (int channel = 0; channel < 3; channel++) {
      float[] table = tables[channel];
      int to = at + channel * plane;
      for (int y = 0; y < height; y++) {
        int row = 3 * width * Math.clamp(y - change.down(), 0, height - 1) + channel;
        for (int x = 0; x < width; x++) out[to++] = table[rgb[row + columns[x]] & 0xFF];
      }
    }
  }
}
