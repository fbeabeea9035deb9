package io.espalier.trainer.weights;

/** How far the logits of a model in memory are from those of one that was loaded again. */
public final class Difference {

  private Difference() {}

  /** The largest of all; not a number where one of them is none. */
  public static double largest(float[] inMemory, float[] reloaded) {
    if (inMemory.length != reloaded.length)
      throw new IllegalStateException(
          "%d logits in memory, %d after reloading".formatted(inMemory.length, reloaded.length));
    double largest = 0;
    for (int i = 0; i < inMemory.length; i++) {
      double difference = Math.abs(inMemory[i] - reloaded[i]);
      largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
    }
    return largest;
  }
}
