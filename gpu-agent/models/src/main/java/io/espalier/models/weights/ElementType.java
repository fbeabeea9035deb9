package io.espalier.models.weights;

import java.util.Arrays;
import java.util.Optional;

/** Types of elements as safetensors names them. Those beyond the first four are only carried. */
public enum ElementType {
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  F64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  BOOL(1),
  F8_E4M3(1),
  F8_E5M2(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }

  static Optional<ElementType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
