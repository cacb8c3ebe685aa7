package io.headrace.engine.sample;

/**
 * The rows of one training step and the account of every record they settle.
 *
 * <p>Not thread-safe. Allocated once as a ring slot: it belongs to the assembler until it is
 * published, then to the trainer until {@code train} returns, then to the assembler again. Without
 * rows it still carries its ledger.
 */
public final class MiniBatch {
  private final SampleBlock rows;
  private final LedgerCounter ledger = new LedgerCounter();

  public MiniBatch(SampleSchema schema, int capacity) {
    this.rows = new SampleBlock(schema, capacity);
  }

  /** The samples; partition, next position and rejections of this block have no meaning. */
  public SampleBlock rows() {
    return rows;
  }

  /** What became of every record since the batch before. */
  public LedgerCounter ledger() {
    return ledger;
  }

  public void clear() {
    rows.start(rows.partition(), 0);
    ledger.clear();
  }
}
