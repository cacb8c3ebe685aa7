package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** The cells of {@link ScalarKernels}. */
interface ScalarCellKernels extends CellKernels {
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
    for (int row = 0; row < rows; row++) {
      long cell = row * cellsRow;
      ScalarCells.lstm(
          0,
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
    for (int row = 0; row < rows; row++) {
      long cell = row * cellsRow;
      long slope = row * dRow;
      ScalarCells.lstmGradient(
          0,
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
    for (int row = 0; row < rows; row++) {
      long state = row * statesRow;
      ScalarCells.gru(
          0,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          states,
          previous + state,
          own + state);
    }
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
    for (int row = 0; row < rows; row++) {
      ScalarCells.gruGradient(
          0,
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
  }
}
