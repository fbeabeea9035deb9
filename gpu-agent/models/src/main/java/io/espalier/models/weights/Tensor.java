package io.espalier.models.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Elements in plain memory, little-endian, the last dimension fastest. Memory of a file is a view
 * of it and lives as long as the {@link java.lang.foreign.Arena} that it was opened in.
 */
public record Tensor(ElementType type, List<Long> shape, MemorySegment bytes) {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public Tensor {
    shape = List.copyOf(shape);
    long expected = Math.multiplyExact(elements(shape), type.bytes());
    if (bytes.byteSize() != expected)
      throw new IllegalArgumentException(
          "a tensor of "
              + type
              + " "
              + shape
              + " has "
              + expected
              + " bytes, not "
              + bytes.byteSize());
  }

  public static Tensor of(float[] values, long... shape) {
    return new Tensor(
        ElementType.F32, Arrays.stream(shape).boxed().toList(), MemorySegment.ofArray(values));
  }

  public static Tensor of(long[] values, long... shape) {
    return new Tensor(
        ElementType.I64, Arrays.stream(shape).boxed().toList(), MemorySegment.ofArray(values));
  }

  public long elements() {
    return elements(shape);
  }

  /** The elements as floats; 16-bit floats are widened, which loses nothing. */
  public float[] floats() {
    return switch (type) {
      case F32 -> bytes.toArray(FLOAT);
      case F16 -> widened(Float::float16ToFloat);
      case BF16 -> widened(bits -> Float.intBitsToFloat(bits << 16));
      default -> throw new IllegalStateException(type + " is not read as floats");
    };
  }

  public long[] longs() {
    if (type != ElementType.I64) throw new IllegalStateException(type + " is not read as longs");
    return bytes.toArray(LONG);
  }

  /** Whether its elements are numbers that a model is made of. */
  public boolean isFloating() {
    return switch (type) {
      case F32, F16, BF16 -> true;
      default -> false;
    };
  }

  private interface Widening {
    float widen(short bits);
  }

  private float[] widened(Widening widening) {
    var floats = new float[Math.toIntExact(elements())];
    for (int i = 0; i < floats.length; i++) floats[i] = widening.widen(bytes.get(SHORT, 2L * i));
    return floats;
  }

  static long elements(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
