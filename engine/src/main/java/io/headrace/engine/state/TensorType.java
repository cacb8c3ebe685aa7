package io.headrace.engine.state;

/** Element types of a tensor, named as safetensors names them; all little-endian. */
public enum TensorType {
  F32(4),
  F64(8),
  I32(4),
  I64(8),
  U8(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
