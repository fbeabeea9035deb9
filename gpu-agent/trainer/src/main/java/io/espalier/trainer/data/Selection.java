package io.espalier.trainer.data;

import io.espalier.trainer.engine.Batch;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Some images of a set, in an order. */
public final class Selection {

  private final ImageSet images;
  private final int[] indices;

  Selection(ImageSet images, int[] indices) {
    this.images = images;
    this.indices = indices.clone();
  }

  public int size() {
    return indices.length;
  }

  /** Labels, in order. */
  public int[] labels() {
    return Arrays.stream(indices).map(images::label).toArray();
  }

  /** The part from one position up to, not including, another. */
  public Selection part(int from, int to) {
    return new Selection(images, Arrays.copyOfRange(indices, from, to));
  }

  /** These images as they are. */
  public Batch batch() {
    return batch(Augmentation.NONE, 0);
  }

  /** These images with left and right exchanged. */
  public Batch mirrored() {
    return batch(0, _ -> Change.MIRRORED);
  }

  /** These images, all moved by so many pixels to the right and down. */
  public Batch moved(int pixels) {
    return batch(0, _ -> new Change(pixels, pixels, false));
  }

  /** These images, each changed a little, by chance that the seed decides. */
  public Batch batch(Augmentation augmentation, long seed) {
    return batch(seed, augmentation::change);
  }

  private Batch batch(long seed, Function<SplittableRandom, Change> changes) {
    int each = (int) images.imageBytes();
    float[] pixels = new float[Math.multiplyExact(each, indices.length)];
    long[] labels = new long[indices.length];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < indices.length; i++) {
      images.write(indices[i], changes.apply(random), pixels, i * each);
      labels[i] = images.label(indices[i]);
    }
    return Batch.images(pixels, 3, images.area().width(), labels);
  }
}
