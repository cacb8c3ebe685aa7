package io.headrace.engine;

import io.headrace.engine.layer.LayerState;
import io.headrace.engine.memory.Zeros;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;

/**
 * How often each id of a sparse input was seen, as far as that matters: a pair takes part only once
 * its id was seen often enough, this time included. Only what is learned from counts, in the order
 * of the stream, whatever the batches. A byte an id, of which those never seen take no memory. Not
 * thread-safe: counted by the trainer's thread between two steps.
 */
final class FeatureCounts implements LayerState {
  private static final String COUNTS = "counts";

  private final int input;
  private final int minCount;
  private final long[] shape;
  private final MemorySegment counts;
  private final IntPredicate meet = this::meet;
  private final IntPredicate known = this::isKnown;

  /**
   * @param input its column in a block
   */
  FeatureCounts(int input, InputSpec.Sparse spec) {
    this.input = input;
    this.minCount = spec.minCount();
    this.shape = new long[] {spec.size()};
    this.counts = Zeros.allocate(spec.size());
  }

  /** Counts all pairs of rows that are about to be learned from, and takes rare ones away. */
  void learn(SampleBlock rows) {
    rows.sparse(input).retainPairs(rows.size(), meet);
  }

  /** Takes pairs away whose ids were not seen often enough. */
  void apply(SampleBlock rows) {
    rows.sparse(input).retainPairs(rows.size(), known);
  }

  private boolean meet(int id) {
    int count = count(id);
    if (count < minCount) {
      counts.set(ValueLayout.JAVA_BYTE, id, (byte) ++count);
    }
    return count >= minCount;
  }

  private boolean isKnown(int id) {
    return count(id) >= minCount;
  }

  private int count(int id) {
    return Byte.toUnsignedInt(counts.get(ValueLayout.JAVA_BYTE, id));
  }

  @Override
  public void save(StateWriter to) {
    to.tensor(COUNTS, TensorType.U8, shape, counts);
  }

  @Override
  public void restore(StateReader from) {
    from.tensor(COUNTS, TensorType.U8, shape, counts);
  }
}
