package io.headrace.ingest.order;

/**
 * A random order of numbers that depends on its seeds alone, today and in every later JDK:
 * Durstenfeld's shuffle ("Algorithm 235: Random permutation", 1964) with numbers of SplitMix64
 * (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014). Stateless.
 */
final class Permutation {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Permutation() {}

  /** A seed for {@code index} among those that {@code seed} leads to. */
  static long seed(long seed, long index) {
    return mix(mix(seed + GOLDEN) ^ (index * GOLDEN));
  }

  /** Puts the numbers below {@code count} into {@code order} in the order that {@code seed} has. */
  static void fill(int[] order, int count, long seed) {
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    long state = seed;
    for (int left = count; left > 1; left--) {
      state += GOLDEN;
      // The high half of 64 x 32 bits: uniform but for one part in 2^32.
      int chosen = (int) Math.unsignedMultiplyHigh(mix(state), left);
      int last = order[left - 1];
      order[left - 1] = order[chosen];
      order[chosen] = last;
    }
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
