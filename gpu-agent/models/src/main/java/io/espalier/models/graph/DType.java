package io.espalier.models.graph;

/** Element types with the number TorchScript knows them by. */
public enum DType {
  F32(6, 4),
  BF16(15, 2),
  F16(5, 2),
  I64(4, 8),
  BOOL(11, 1);

  private final int code;
  private final int bytes;

  DType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** As TorchScript counts them. */
  public int code() {
    return code;
  }

  public int bytes() {
    return bytes;
  }
}
