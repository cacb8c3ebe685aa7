package io.headrace.engine.kernel;

/**
 * Random bits by number: which elements a mask drops follows from a key and the element's number,
 * in any order and any company. The mixing is the finaliser of MurmurHash3 (Appleby), with half of
 * the key added before it and half within.
 */
final class RandomMask {
  static final int FACTOR_1 = 0x85EBCA6B;
  static final int FACTOR_2 = 0xC2B2AE35;

  private RandomMask() {}

  /** All bits set where element {@code i} is dropped, else none. */
  static int dropped(int i, long key, int threshold) {
    int h = (int) key + i;
    h ^= h >>> 16;
    h = h * FACTOR_1 + (int) (key >>> 32);
    h ^= h >>> 13;
    h *= FACTOR_2;
    h ^= h >>> 16;
    return ((h >>> 8) - threshold) >> 31;
  }
}
