package io.espalier.trainer.data;

import java.util.SplittableRandom;

/**
 * Small changes that leave a class what it is.
 *
 * @param padding most pixels by which an image is moved in each direction
 * @param flip whether half of the images are mirrored; wrong for letters and digits
 */
public record Augmentation(int padding, boolean flip) {

  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /** By how much images of this side are moved, where that is harmless. */
  public static int padding(int side) {
    return side / 16;
  }

  /** What happens to the next image. */
  Change change(SplittableRandom random) {
    int right = shift(random);
    int down = shift(random);
    return new Change(right, down, flip && random.nextBoolean());
  }

  private int shift(SplittableRandom random) {
    return padding == 0 ? 0 : random.nextInt(-padding, padding + 1);
  }
}
