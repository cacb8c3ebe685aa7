package io.headrace.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Damages sound records as disks, wires and careless producers do, and worse. The same random
 * numbers give the same records. Not thread-safe.
 */
public final class Mutator {
  private static final int MOST_NOISE_BYTES = 200;

  /** Values that lengths and counts break on: varints of extremes, signs, ends, marks. */
  private static final List<byte[]> EXTREMES =
      List.of(
          bytes(0),
          bytes(1),
          bytes(0x7f),
          bytes(0x80),
          bytes(0xff),
          bytes(0xff, 0xff, 0xff, 0xff, 0x0f), // the smallest int
          bytes(0xfe, 0xff, 0xff, 0xff, 0x0f), // the largest int
          bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // the smallest long
          bytes(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // the largest long
          bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
          bytes(0, 0, 0xc0, 0x7f), // NaN, little-endian
          bytes(0, 0, 0x80, 0xff), // -infinity
          bytes(0xed, 0xa0, 0x80), // half of a pair of UTF-16, in UTF-8
          bytes(0xf4, 0x90, 0x80, 0x80)); // beyond the last character

  private final Random random;
  private final List<byte[]> sound;
  private final List<byte[]> words;

  /**
   * @param sound records to damage
   * @param words that mean something to the format: quotes, brackets, marks
   */
  public Mutator(Random random, List<byte[]> sound, List<String> words) {
    this.random = random;
    this.sound = List.copyOf(sound);
    this.words = words.stream().map(word -> word.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** A record: now and then a sound one, now and then noise, mostly a damaged one. */
  public byte[] next() {
    int kind = random.nextInt(100);
    if (kind < 10) {
      return one(sound).clone();
    }
    if (kind < 18) {
      return noise(random.nextInt(MOST_NOISE_BYTES));
    }
    return damaged(one(sound));
  }

  /** {@code record} with one to four damages. */
  public byte[] damaged(byte[] record) {
    byte[] bytes = record.clone();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes = damagedOnce(bytes);
    }
    return bytes;
  }

  private byte[] damagedOnce(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + 1 + random.nextInt(1 + random.nextInt(32)));
    return switch (random.nextInt(10)) {
      case 0, 1 -> flipped(bytes);
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> replaced(bytes, at, to, new byte[0]);
      case 4 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
      case 5 -> replaced(bytes, at, at, noise(1 + random.nextInt(16)));
      case 6 -> extreme(bytes, at, at);
      case 7 -> extreme(bytes, at, to);
      case 8 -> spliced(bytes, at);
      default -> {
        byte[] word = words.isEmpty() ? noise(2) : one(words);
        yield replaced(bytes, at, random.nextBoolean() ? at : to, word);
      }
    };
  }

  private byte[] flipped(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return bytes;
  }

  private byte[] extreme(byte[] bytes, int from, int to) {
    return replaced(bytes, from, to, one(EXTREMES));
  }

  /** The head of one record and the tail of another. */
  private byte[] spliced(byte[] bytes, int at) {
    byte[] other = one(sound);
    return replaced(
        bytes,
        at,
        bytes.length,
        Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length));
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
    byte[] result = new byte[bytes.length - (to - from) + by.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
    return result;
  }
}
