package io.espalier.domain.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How images are changed on their way into a training batch. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Augmentation.None.class, name = "NONE"),
  @JsonSubTypes.Type(value = Augmentation.Gentle.class, name = "GENTLE"),
  @JsonSubTypes.Type(value = Augmentation.Strong.class, name = "STRONG")
})
public sealed interface Augmentation {

  /** Images as they are. */
  record None() implements Augmentation {}

  /** Moved by a few pixels and mirrored, each where the base model's eyes find it harmless. */
  record Gentle() implements Augmentation {}

  /**
   * As networks of images are trained from new weights.
   *
   * @param smallestCrop share of an image that is left at least of a random resized crop; 1 for
   *     none. Szegedy et al. 2014, arXiv:1409.4842
   * @param operations how many operations of RandAugment an image sees. Cubuk et al. 2019,
   *     arXiv:1909.13719
   * @param magnitude of them, from 0 to 30
   * @param mixup of two images, with shares of Beta(mixup, mixup); 0 for none. Zhang et al. 2017,
   *     arXiv:1710.09412
   * @param cutmix a window of one image in another, likewise. Yun et al. 2019, arXiv:1905.04899.
   *     Where both are asked for, half of the steps see either
   */
  record Strong(
      double smallestCrop, Flips flips, int operations, int magnitude, double mixup, double cutmix)
      implements Augmentation {

    public static final Strong USUAL = new Strong(0.25, Flips.WHERE_HARMLESS, 2, 9, 0.2, 1);

    /** Whether images of different classes come together. */
    public boolean mixes() {
      return mixup > 0 || cutmix > 0;
    }
  }

  /** Whether half of the images are mirrored; wrong for letters and digits. */
  enum Flips {
    NEVER,
    ALWAYS,
    /** As the base model's eyes find. */
    WHERE_HARMLESS
  }
}
