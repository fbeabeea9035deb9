package io.espalier.domain.protocol;

/**
 * How samples go through the model.
 *
 * @param batchSize samples of one optimizer step
 * @param microBatch samples that are computed at once; the gradients of a step are added up over
 *     them. 0 for as many as the memory takes by the cost reading: all, where it suffices
 */
public record Batching(int batchSize, int microBatch) {

  public static Batching of(int batchSize) {
    return new Batching(batchSize, 0);
  }
}
