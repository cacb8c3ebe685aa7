package io.headrace.engine.layer;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Mean and variance of each channel over all of a stream so far, in double precision, batches put
 * together as Chan, Golub and LeVeque do (1979).
 */
final class StreamMoments implements LayerState {
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final double[] mean;
  private final double[] squares;
  private long count;

  StreamMoments(int channels) {
    this.mean = new double[channels];
    this.squares = new double[channels];
  }

  /** Takes in a batch. */
  void add(ChannelMoments batch) {
    double part = (double) batch.count() / (count + batch.count());
    for (int c = 0; c < mean.length; c++) {
      double delta = batch.mean(c) - mean[c];
      squares[c] += batch.variance(c) * batch.count() + delta * delta * part * count;
      mean[c] += delta * part;
    }
    count += batch.count();
  }

  /** Values a channel. */
  long count() {
    return count;
  }

  double mean(int channel) {
    return mean[channel];
  }

  /** The mean square deviation from the mean; 0 while nothing is known. */
  double variance(int channel) {
    return count == 0 ? 0 : squares[channel] / count;
  }

  @Override
  public void save(StateWriter to) {
    to.value("count", Long.toString(count));
    to.tensor("mean", TensorType.F64, shape(), doubles(mean));
    to.tensor("squares", TensorType.F64, shape(), doubles(squares));
  }

  @Override
  public void restore(StateReader from) {
    count =
        from.value("count")
            .map(Long::parseLong)
            .orElseThrow(() -> new HeadraceException("the checkpoint has no count of samples"));
    restore(from, "mean", mean);
    restore(from, "squares", squares);
  }

  private void restore(StateReader from, String name, double[] into) {
    MemorySegment memory = doubles(into);
    from.tensor(name, TensorType.F64, shape(), memory);
    MemorySegment.copy(memory, DOUBLE, 0, into, 0, into.length);
  }

  private long[] shape() {
    return new long[] {mean.length};
  }

  private static MemorySegment doubles(double[] values) {
    MemorySegment memory = io.headrace.engine.memory.Floats.allocate(2L * values.length);
    MemorySegment.copy(values, 0, memory, DOUBLE, 0, values.length);
    return memory;
  }
}
