package io.headrace.engine.layer;

/**
 * Random numbers that depend on the seed alone, today and in every later JDK. Steele, Lea and
 * Flood, "Fast Splittable Pseudorandom Number Generators", 2014 (SplitMix64). Not thread-safe.
 */
final class RandomStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private long state;

  RandomStream(long seed) {
    this.state = seed;
  }

  /** The seed of stream {@code stream} among those of {@code seed}. */
  static long seed(long seed, long stream) {
    return mix(mix(seed + GOLDEN) ^ (stream * GOLDEN));
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform within 0 and 1, 1 excluded. */
  double nextUnit() {
    return (nextLong() >>> 11) * UNIT;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
