package io.espalier.models.graph;

/**
 * What flows between operations.
 *
 * @param tracked whether autograd records it: some trained parameter is among its origins
 */
public record Value(int id, Shape shape, DType type, boolean tracked) {

  Size bytes() {
    return shape.elements().times(type.bytes());
  }
}
