package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Loops of gated recurrent cells over one step of one row, under the promises of {@link Kernels}.
 * Gates lie {@code gap} floats apart and pass from sums to values to gradients in place.
 */
public interface CellKernels {

  /**
   * c = f c' + i g; h = o tanh(c), for values i, f, g, o of the gates. Hochreiter and Schmidhuber,
   * 1997, with the forget gate of Gers et al., 2000.
   *
   * @param gates i at gatesOffset, then f, g, o
   * @param cells c' at previous, takes c at own
   */
  void lstm(
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      MemorySegment h,
      long hOffset);

  /**
   * The loss's gradient by the sums of the gates, in place of their values, and by c' in place of
   * that by c, from that by h.
   */
  void lstmGradient(
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      MemorySegment dh,
      long dhOffset,
      MemorySegment dc,
      long dcOffset);

  /**
   * n = tanh(n + r q), in place; h = n + z (h' - n), for values r, z of the gates and sums q, n.
   * Cho et al., 2014, with the reset after the recurrent product.
   *
   * @param gates q at gatesOffset, then r, z, n
   * @param states h' at previous, takes h at own
   */
  void gru(
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gap,
      MemorySegment states,
      long previous,
      long own);

  /**
   * The loss's gradient by q and by the sums of r, z, n, in place of their values, and dh = dh z:
   * what reaches h' directly.
   */
  void gruGradient(
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gap,
      MemorySegment states,
      long previous,
      MemorySegment dh,
      long dhOffset);
}
