package io.headrace.ingest.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** MurmurHash3 x86 32 (Appleby, 2011), the hash of sparse feature ids. Stateless. */
final class Murmur3 {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

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
    return avalanche(hash ^ scramble(rest(bytes, tail, length & 3)) ^ length);
  }

  /** The hash so far with the next four bytes, the first of them lowest. */
  static int mix(int hash, int block) {
    return Integer.rotateLeft(hash ^ scramble(block), 13) * 5 + 0xe6546b64;
  }

  /**
   * The hash of a text of which all but the last bytes are mixed in.
   *
   * @param word begins with those
   * @param rest how many those are, fewer than eight
   * @param length of the whole text
   */
  static int finish(int hash, long word, int rest, int length) {
    int mixed = rest < Integer.BYTES ? hash : mix(hash, (int) word);
    int block = (int) (rest < Integer.BYTES ? word : word >>> Integer.SIZE);
    int last = block & ((1 << (Byte.SIZE * (rest & 3))) - 1);
    return avalanche(mixed ^ scramble(last) ^ length);
  }

  private static int avalanche(int hash) {
    int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
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

  private static int scramble(int block) {
    return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
  }
}
