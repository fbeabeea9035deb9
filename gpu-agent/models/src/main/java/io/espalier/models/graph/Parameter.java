package io.espalier.models.graph;

/**
 * A named tensor of the checkpoint.
 *
 * @param name exactly as in the published checkpoint
 * @param depth distance of its stage from the top of the model; 0 is the head
 * @param buffer whether it is kept and written by the computation itself, as running statistics
 *     are; the optimizer never sees it
 */
public record Parameter(
    String name, Shape shape, DType type, Initial initial, int depth, boolean buffer) {

  /** Biases and the weights of norms; by custom they do not decay. */
  public boolean isVector() {
    return shape.rank() <= 1;
  }

  public long elements() {
    return shape.elements().constant();
  }

  public long bytes() {
    return elements() * type.bytes();
  }
}
