package io.headrace.perf.peers;

/** Who trains. */
enum Side {
  ENGINE("ours"),
  JOB("our job"),
  FP32("PyTorch fp32"),
  BF16("PyTorch bf16");

  private final String label;

  Side(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
