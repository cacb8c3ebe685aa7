package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Loops of gated recurrent cells over one step of {@code rows} rows, under the promises of {@link
 * Kernels}. Gates, and the gradients by their sums, lie {@code gap} floats apart. Operands that are
 * called ...Row are floats from a row to the next.
 */
public interface CellKernels {

  /**
   * i, f, o = sigmoid and g = tanh of their sums, in place; c = f c' + i g; h = o tanh(c).
   * Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al., 2000.
   *
   * @param gates i at gatesOffset, then f, g, o
   * @param cells c' at previous, takes c at own
   */
  void lstm(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      long cellsRow,
      MemorySegment h,
      long hOffset,
      long hRow);

  /**
   * The loss's gradient by the sums of the gates, from their values, and by c' in place of that by
   * c, from that by h.
   *
   * @param dRow of both dh and dc
   */
  void lstmGradient(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      long cellsRow,
      MemorySegment dh,
      long dhOffset,
      MemorySegment dc,
      long dcOffset,
      long dRow,
      MemorySegment slopes,
      long slopesOffset,
      long slopesRow);

  /**
   * r, z = sigmoid of their sums and n = tanh(n + r q), in place; h = n + z (h' - n). Cho et al.,
   * 2014, with the reset after the recurrent product.
   *
   * @param gates q at gatesOffset, then r, z, n
   * @param states h' at previous, takes h at own
   */
  void gru(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment states,
      long previous,
      long own,
      long statesRow);

  /**
   * The loss's gradient by q and by the sums of r, z, n, from their values, and dh = dh z: what
   * reaches h' directly.
   */
  void gruGradient(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment states,
      long previous,
      long statesRow,
      MemorySegment dh,
      long dhOffset,
      long dhRow,
      MemorySegment slopes,
      long slopesOffset,
      long slopesRow);
}
