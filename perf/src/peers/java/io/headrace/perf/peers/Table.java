package io.headrace.perf.peers;

/** The figures of a run as a table of RESULTS.md. */
final class Table {
  /** What a row begins with. */
  static final String ROW = "| ";

  static final String HEAD =
      """
      | net | threads | ours | PyTorch fp32 | PyTorch bf16 | ours / fp32 | ours / bf16 | gain by threads |
      |---|---|---|---|---|---|---|---|""";

  private Table() {}

  /**
   * Prints medians. A ratio is to PyTorch's best at no more than so many threads, and the gain is
   * over one thread.
   */
  static void printRow(Net net, int threads, Speeds speeds) {
    double ours = speeds.median(Side.ENGINE, threads);
    System.out.printf(
        ROW + "%s | %d | %,.0f | %,.0f | %,.0f | %.2f | %.2f | %.2f |%n",
        net.name(),
        threads,
        ours,
        speeds.median(Side.FP32, threads),
        speeds.median(Side.BF16, threads),
        ours / speeds.best(Side.FP32, threads),
        ours / speeds.best(Side.BF16, threads),
        ours / speeds.median(Side.ENGINE, 1));
  }
}
