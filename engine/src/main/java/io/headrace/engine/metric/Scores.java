package io.headrace.engine.metric;

import io.headrace.engine.state.Stateful;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Running scores of one kind of label. Not thread-safe. */
sealed interface Scores extends Stateful permits ClassScores, NumberScores {
  void add(
      MemorySegment outputs, float[] labels, float[] weights, MemorySegment rowLosses, int rows);

  Entries window();

  Entries total();

  Entries baselines();

  List<Long> confusion();

  Calibration calibration();

  void startWindow();
}
