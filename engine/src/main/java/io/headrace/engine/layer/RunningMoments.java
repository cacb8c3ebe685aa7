package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;

/** Exponentially weighted mean and variance of each channel, 0 and 1 at first. */
final class RunningMoments implements LayerState {
  private final double momentum;
  private final int channels;
  private final MemorySegment means;
  private final MemorySegment variances;

  RunningMoments(int channels, double momentum) {
    this.channels = channels;
    this.momentum = momentum;
    this.means = Floats.allocate(channels);
    this.variances = Floats.allocate(channels);
    Floats.fill(variances, 0, channels, 1);
  }

  /** Takes in {@code count} values of a channel by their moments. */
  void add(int channel, long count, double mean, double biasedVariance) {
    moveTowards(means, channel, mean);
    if (count > 1) { // one value says nothing of the variance
      moveTowards(variances, channel, biasedVariance * count / (count - 1));
    }
  }

  private void moveTowards(MemorySegment moments, int channel, double value) {
    double before = Floats.read(moments, channel);
    Floats.write(moments, channel, (float) (before + momentum * (value - before)));
  }

  double mean(int channel) {
    return Floats.read(means, channel);
  }

  double variance(int channel) {
    return Floats.read(variances, channel);
  }

  @Override
  public void save(StateWriter to) {
    to.tensor("mean", TensorType.F32, new long[] {channels}, means);
    to.tensor("variance", TensorType.F32, new long[] {channels}, variances);
  }

  @Override
  public void restore(StateReader from) {
    from.tensor("mean", TensorType.F32, new long[] {channels}, means);
    from.tensor("variance", TensorType.F32, new long[] {channels}, variances);
  }
}
