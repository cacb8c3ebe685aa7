package io.headrace.pipeline.transform;

import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.SampleBlock;

/**
 * Keeps a row if, or unless {@code chosen}, a hash of its partition's number, its record's number
 * and the seed, taken as a fraction, is below {@code fraction}: in every epoch the same records.
 */
record SampleFraction(double fraction, long seed, boolean chosen) implements Transform {
  @Override
  public void apply(SampleBlock block) {
    long start = mix(seed + block.partition().partition());
    long[] positions = block.positions();
    block.retainRows(
        row -> chosen == unit(mix(start ^ EpochPosition.record(positions[row]))) < fraction);
  }

  /** The upper 53 bits as a number from 0 to 1, excluded. */
  private static double unit(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014), after adding its increment. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
