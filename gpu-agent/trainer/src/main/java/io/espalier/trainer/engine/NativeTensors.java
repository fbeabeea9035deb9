package io.espalier.trainer.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.models.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Copies tensors between plain and native memory. */
final class NativeTensors {

  private NativeTensors() {}

  /** Floats of any width become 32-bit floats. */
  static NDArray copy(NDManager owner, Tensor tensor) {
    var shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    // DJL shows libtorch the bytes of a buffer instead of copying them. Ours live for this call
    // only, freed at once: buffers that wait for the garbage collector add up between batches.
    try (var arena = Arena.ofConfined();
        var scope = owner.newSubManager()) {
      var elements = elements(tensor);
      var bytes = arena.allocate(Math.max(1, elements.byteSize()), Long.BYTES);
      bytes.copyFrom(elements);
      var buffer = bytes.asSlice(0, elements.byteSize()).asByteBuffer();
      var copy = scope.create(buffer, shape, type(tensor)).duplicate();
      copy.attach(owner);
      return copy;
    } catch (EngineException e) {
      throw EngineFailure.of("taking up a tensor of " + tensor.shape(), e);
    }
  }

  private static DataType type(Tensor tensor) {
    return tensor.isFloating() ? DataType.FLOAT32 : DataType.INT64;
  }

  private static MemorySegment elements(Tensor tensor) {
    return switch (tensor.type()) {
      case F32, I64 -> tensor.bytes();
      case F16, BF16 -> MemorySegment.ofArray(tensor.floats());
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
