package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.keep;
import static io.headrace.engine.kernel.VectorMemory.span;

import java.lang.foreign.MemorySegment;

/** The cells of {@link VectorKernels}. */
interface VectorCellKernels extends CellKernels {
  @Override
  default void lstm(
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
      long hRow) {

    int done =
        VectorCells.lstm(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(cells, previous, span(rows, cellsRow, count)),
            at(cells, own, span(rows, cellsRow, count)),
            cellsRow,
            at(h, hOffset, span(rows, hRow, count)),
            hRow);
    for (int row = 0; done < count && row < rows; row++) {
      long cell = row * cellsRow;
      ScalarCells.lstm(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          cells,
          previous + cell,
          own + cell,
          h,
          hOffset + row * hRow);
    }
    keep(gates, cells, h);
  }

  @Override
  default void lstmGradient(
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
      long slopesRow) {

    int done =
        VectorCells.lstmGradient(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(cells, previous, span(rows, cellsRow, count)),
            at(cells, own, span(rows, cellsRow, count)),
            cellsRow,
            at(dh, dhOffset, span(rows, dRow, count)),
            at(dc, dcOffset, span(rows, dRow, count)),
            dRow,
            at(slopes, slopesOffset, span(rows, slopesRow, 3 * gap + count)),
            slopesRow);
    for (int row = 0; done < count && row < rows; row++) {
      long cell = row * cellsRow;
      long slope = row * dRow;
      ScalarCells.lstmGradient(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          cells,
          previous + cell,
          own + cell,
          dh,
          dhOffset + slope,
          dc,
          dcOffset + slope,
          slopes,
          slopesOffset + row * slopesRow);
    }
    keep(gates, cells, slopes);
    keep(dh, dc);
  }

  @Override
  default void gru(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment states,
      long previous,
      long own,
      long statesRow) {

    int done =
        VectorCells.gru(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(states, previous, span(rows, statesRow, count)),
            at(states, own, span(rows, statesRow, count)),
            statesRow);
    for (int row = 0; done < count && row < rows; row++) {
      long state = row * statesRow;
      ScalarCells.gru(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          states,
          previous + state,
          own + state);
    }
    keep(gates, states);
  }

  @Override
  default void gruGradient(
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
      long slopesRow) {

    int done =
        VectorCells.gruGradient(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(states, previous, span(rows, statesRow, count)),
            statesRow,
            at(dh, dhOffset, span(rows, dhRow, count)),
            dhRow,
            at(slopes, slopesOffset, span(rows, slopesRow, 3 * gap + count)),
            slopesRow);
    for (int row = 0; done < count && row < rows; row++) {
      ScalarCells.gruGradient(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          states,
          previous + row * statesRow,
          dh,
          dhOffset + row * dhRow,
          slopes,
          slopesOffset + row * slopesRow);
    }
    keep(gates, states, dh, slopes);
  }
}
