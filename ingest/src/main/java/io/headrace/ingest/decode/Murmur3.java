package io.headrace.ingest.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** MurmurHash3 x86 32 (Appleby, 2011), the hash of sparse feature ids. Stateless. */
final class Murmur3 {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BLOCK_FIRST = 0xcc9e2d51;
  private static final int BLOCK_SECOND = 0x1b873593;
  private static final int FNV_PRIME = 16777619;

  private Murmur3() {}

  static int hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return hash(bytes, 0, bytes.length, 0);
  }

  static int hash(byte[] bytes, int offset, int length, int seed) {
    int hash = seed;
    int tail = offset + (length & ~3);
    for (int i = offset; i < tail; i += 4) {
      hash = mix(hash, (int) INT.get(bytes, i));
    }
    return finish(hash, rest(bytes, tail, length & 3), length);
  }

  /**
   * The hash so far with the next four bytes, the first of them lowest. Like {@link #finish}, it is
   * called for each feature and calls nothing: a loop that gets hot within the first rows is
   * compiled before the compiler has seen what its callees call, and then does not inline it.
   */
  static int mix(int hash, int block) {
    int mixed = hash ^ Integer.rotateLeft(block * BLOCK_FIRST, 15) * BLOCK_SECOND;
    return Integer.rotateLeft(mixed, 13) * 5 + 0xe6546b64;
  }

  /**
   * The hash of a text of which all but the last bytes are mixed in.
   *
   * @param rest the last bytes, fewer than four, the first of them lowest, zeros behind them
   * @param length of the whole text
   */
  static int finish(int hash, int rest, int length) {
    int mixed = hash ^ Integer.rotateLeft(rest * BLOCK_FIRST, 15) * BLOCK_SECOND ^ length;
    mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }

  /** The last {@code count} bytes, fewer than four, the first of them lowest. */
  private static int rest(byte[] bytes, int from, int count) {
    if (from + Integer.BYTES <= bytes.length) {
      return (int) INT.get(bytes, from) & ((1 << (8 * count)) - 1);
    }
    int rest = 0;
    for (int i = from + count - 1; i >= from; i--) {
      rest = (rest << 8) | (bytes[i] & 0xff);
    }
    return rest;
  }

  /**
   * The hash of an interaction of which {@code member} is the next part, combined with an FNV prime
   * as Vowpal Wabbit does.
   *
   * @param hash of the members before; 0 without any
   */
  static int cross(int hash, int member) {
    return (hash * FNV_PRIME) ^ member;
  }
}
