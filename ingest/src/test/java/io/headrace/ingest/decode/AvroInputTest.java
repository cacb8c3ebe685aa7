package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ints that are read two at a time, beside the same ones read one by one. */
class AvroInputTest {
  private static final int MOST = 40;

  /** What was read of {@code bytes}, and where that ended or why. */
  private static String read(byte[] bytes, int from, int to, int count, boolean oneByOne) {
    var in = new AvroInput();
    in.reset(bytes, from, to);
    int[] ints = new int[count + 2];
    try {
      if (oneByOne) {
        for (int i = 0; i < count; i++) {
          ints[1 + i] = in.readInt();
        }
      } else {
        in.readInts(count, ints, 1);
      }
    } catch (MalformedRecordException e) {
      return e.detail();
    }
    return Arrays.toString(ints) + " " + in.position();
  }

  private static void write(int value, ByteArrayOutputStream to) {
    int raw = (value << 1) ^ (value >> 31);
    while ((raw & ~0x7f) != 0) {
      to.write(raw | 0x80);
      raw >>>= 7;
    }
    to.write(raw);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6, 7, 8, 14, 20, 22, 27, 28, 31, 32})
  void readsIntsOfAnyLengths(int bits) {
    var random = new Random(bits);
    for (int trial = 0; trial < 500; trial++) {
      var bytes = new ByteArrayOutputStream();
      int count = random.nextInt(MOST);
      for (int i = 0; i < count; i++) {
        boolean other = random.nextInt(10) == 0;
        write(bits == 0 ? 0 : random.nextInt() >> (other ? random.nextInt(32) : 32 - bits), bytes);
      }
      int end = bytes.size();
      bytes.writeBytes(new byte[random.nextInt(12)]);
      byte[] all = bytes.toByteArray();
      String expected = read(all, 0, end, count, true);
      assertThat(expected).endsWith(" " + end);
      assertThat(read(all, 0, end, count, false)).isEqualTo(expected);
      assertThat(read(all, 0, all.length, count, false)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void tellsOfAnyBytesWhatReadingOneByOneTells(long seed) {
    var random = new Random(seed);
    int sound = 0;
    for (int trial = 0; trial < 5_000; trial++) {
      byte[] bytes = new byte[1 + random.nextInt(64)];
      random.nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) { // continued as often as one in so many is not
        bytes[i] = (byte) (random.nextInt(1 + trial % 5) == 0 ? bytes[i] & 0x7f : bytes[i] | 0x80);
        bytes[i] &= (byte) (random.nextInt(4) == 0 ? 0x80 : 0xff);
      }
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from + 1);
      int count = random.nextInt(MOST);
      String expected = read(bytes, from, to, count, true);
      sound += expected.startsWith("[") ? 1 : 0;
      assertThat(read(bytes, from, to, count, false)).isEqualTo(expected);
    }
    assertThat(sound).isBetween(200, 4_500);
  }
}
