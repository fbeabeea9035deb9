package io.espalier.trainer.data;

import io.espalier.models.weights.Tensor;
import io.espalier.trainer.augment.Mixing;
import io.espalier.trainer.augment.Recipe;
import io.espalier.trainer.engine.Batch;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How training sees images that it learns from new weights: each changed by itself, and all of a
 * step brought together with others of the step.
 *
 * @param mixup of Beta(mixup, mixup); 0 for none
 * @param cutmix likewise
 * @param classes that samples are told as shares of, where they are brought together
 */
public record StrongChanges(Recipe recipe, double mixup, double cutmix, int classes) {

  /** What chance decides for a whole step comes from here, beside the places of its samples. */
  private static final int WHOLE_STEP = -1;

  private boolean mixes() {
    return mixup > 0 || cutmix > 0;
  }

  /** A function of the set, the samples of a step and the step's seed alone. */
  Batch batch(ImageSet images, int[] indices, long seed) {
    var batch =
        images.filled(
            indices,
            (place, image, out, at) ->
                images.write(
                    recipe.of(image, new SplittableRandom(Order.mixed(seed, place))), out, at));
    if (!mixes()) return batch;
    if (!(images.targets() instanceof Targets.OfClasses))
      throw new IllegalStateException("only images of one class each are brought together");

    int width = images.area().width(), height = images.area().height();
    int each = 3 * width * height;
    float[] before = batch.input("pixel_values").floats();
    float[] pixels = before.clone();
    long[] labels = batch.input("labels").longs();
    var ofStep = new SplittableRandom(Order.mixed(seed, WHOLE_STEP));
    var mixing = Mixing.drawn(mixup, cutmix, width, height, ofStep);
    var other = new float[each];
    var shares = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      int partner = labels.length - 1 - i;
      System.arraycopy(before, partner * each, other, 0, each);
      mixing.into(pixels, i * each, other, width);
      shares[i * classes + (int) labels[i]] += (float) mixing.own();
      shares[i * classes + (int) labels[partner]] += (float) (1 - mixing.own());
    }
    return new Batch(
        Map.of(
            "pixel_values", Tensor.of(pixels, labels.length, 3, height, width),
            "soft_labels", Tensor.of(shares, labels.length, classes)),
        labels.length);
  }
}
