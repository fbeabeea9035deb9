package io.espalier.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.models.weights.Tensor;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/** Copies tensors between plain and native memory. */
final class NativeTensors {

  private NativeTensors() {}

  /** Floats of any width become 32-bit floats. */
  static NDArray copy(NDManager owner, Tensor tensor) {
    var shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    try (var scope = owner.newSubManager()) {
      var view = scope.create(elements(tensor), shape, type(tensor));
      // The view may show a file that others can change, or an array that waits for the garbage
      // collector; libtorch's own memory does neither.
      var copy = view.duplicate();
      copy.attach(owner);
      return copy;
    }
  }

  private static DataType type(Tensor tensor) {
    return tensor.isFloating() ? DataType.FLOAT32 : DataType.INT64;
  }

  private static Buffer elements(Tensor tensor) {
    return switch (tensor.type()) {
      case F32 ->
          tensor.bytes().isNative()
              ? tensor.bytes().asByteBuffer()
              : FloatBuffer.wrap(tensor.floats());
      case F16, BF16 -> FloatBuffer.wrap(tensor.floats());
      case I64 -> LongBuffer.wrap(tensor.longs());
      default ->
          throw new IllegalArgumentException(
              "the engine computes with F32, F16, BF16 and I64, not " + tensor.type());
    };
  }

  static Tensor plain(NDArray array) {
    var shape = array.getShape().getShape();
    return switch (array.getDataType()) {
      case FLOAT32 -> Tensor.of(array.toFloatArray(), shape);
      case INT64 -> Tensor.of(array.toLongArray(), shape);
      default ->
          throw new IllegalStateException(
              "a graph gave " + array.getDataType() + " " + Arrays.toString(shape));
    };
  }
}
