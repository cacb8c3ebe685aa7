package io.headrace.pipeline.transform;

import io.headrace.engine.sample.SourcePartition;

/**
 * Random numbers of a row: a hash of a seed, the row's partition and its whole position, epoch
 * included, so that a resumed run draws the same ones and another epoch others. Stateless.
 */
final class RowRandom {
  private RowRandom() {}

  /** What all rows of a partition draw from. */
  static long start(long seed, SourcePartition partition) {
    return mix(mix(seed) + 31L * partition.source().hashCode() + partition.partition());
  }

  /** 64 random bits of the row at {@code position}. */
  static long bits(long start, long position) {
    return mix(start ^ mix(position));
  }

  /** A number from 0 to 1, excluded, of the row at {@code position}. */
  static double unit(long start, long position) {
    return (bits(start, position) >>> 11) * 0x1p-53;
  }

  /**
   * One of 0 up to {@code bound}, excluded, by 16 of the bits: number {@code draw} of four.
   *
   * @param bound up to 2^16; of the numbers below it, none is more likely than another by more than
   *     bound / 2^16
   */
  static int below(int bound, long bits, int draw) {
    int sixteen = (int) (bits >>> (16 * draw)) & 0xffff;
    return (sixteen * bound) >>> 16;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014), after adding its increment. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
