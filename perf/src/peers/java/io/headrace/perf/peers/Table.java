package io.headrace.perf.peers;

/** The figures of a run as a table of RESULTS.md. */
final class Table {
  /** What a row begins with. */
  static final String ROW = "| ";

  static final String HEAD =
      """
      | net | threads | ours | our job | PyTorch fp32 | PyTorch bf16 | ours / fp32 | ours / bf16 | job / fp32 | job / bf16 | gain by threads |
      |---|---|---|---|---|---|---|---|---|---|---|""";

  private Table() {}

  /**
   * Prints medians. A ratio is to PyTorch's best at no more than so many threads, and the gain is
   * over one thread.
   */
  static void printRow(Net net, int threads, Speeds speeds) {
    double ours = speeds.median(Side.ENGINE, threads);
    double job = speeds.median(Side.JOB, threads);
    double fp32 = speeds.best(Side.FP32, threads);
    double bf16 = speeds.best(Side.BF16, threads);
    System.out.println(
        ROW
            + String.join(
                " | ",
                net.name(),
                String.valueOf(threads),
                speed(ours),
                speed(job),
                speed(speeds.median(Side.FP32, threads)),
                speed(speeds.median(Side.BF16, threads)),
                ratio(ours / fp32),
                ratio(ours / bf16),
                ratio(job / fp32),
                ratio(job / bf16),
                ratio(ours / speeds.median(Side.ENGINE, 1)))
            + " |");
  }

  private static String speed(double samplesPerSecond) {
    return Double.isNaN(samplesPerSecond) ? "" : "%,.0f".formatted(samplesPerSecond);
  }

  private static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "" : "%.2f".formatted(ratio);
  }
}
