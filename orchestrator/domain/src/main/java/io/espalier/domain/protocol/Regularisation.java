package io.espalier.domain.protocol;

/**
 * What keeps a model from learning its samples by heart.
 *
 * @param labelSmoothing share of a target that is spread evenly over all classes
 * @param augmentation how images are changed on their way into a batch; texts never are
 */
public record Regularisation(double labelSmoothing, Augmentation augmentation) {

  public static final Regularisation DEFAULT = new Regularisation(0, new Augmentation.Gentle());

  public Regularisation smoothing(double share) {
    return new Regularisation(share, augmentation);
  }

  public Regularisation with(Augmentation other) {
    return new Regularisation(labelSmoothing, other);
  }
}
