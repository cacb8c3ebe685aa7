package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the hash against the test vectors that are published for MurmurHash3_x86_32. */
class Murmur3Test {

  @ParameterizedTest
  @CsvSource({
    "'', 0, 0",
    "'', 1, 514e28b7",
    "'', ffffffff, 81f16f39",
    "ffffffff, 0, 76293b50",
    "21436587, 0, f55b516b",
    "21436587, 5082edee, 2362f9de",
    "214365, 0, 7e4a8634",
    "2143, 0, a0f7b07a",
    "21, 0, 72661cf4",
    "00000000, 0, 2362f9de",
    "000000, 0, 85f0b427",
    "0000, 0, 30f4c306",
    "00, 0, 514e28b7"
  })
  void hashesBytesAsPublished(String hex, String seed, String expected) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Integer.toHexString(Murmur3.hash(bytes, 0, bytes.length, unsigned(seed))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a, 7fa09ea6",
    "aa, 5d211726",
    "aaa, 283e0130",
    "aaaa, 5a97808a",
    "ab, 74875592",
    "abc, c84a62dd",
    "abcd, f0478627",
    "'Hello, world!', 24884cba",
    "ππππππππ, d58063c1",
    "The quick brown fox jumps over the lazy dog, 2fa826cd"
  })
  void hashesTextAsPublished(String text, String expected) {
    byte[] bytes = ("<<" + text + ">>").getBytes(StandardCharsets.UTF_8);
    assertThat(Integer.toHexString(Murmur3.hash(bytes, 2, bytes.length - 4, unsigned("9747b28c"))))
        .isEqualTo(expected);
  }

  @Test
  void hasTheVerificationValueOfTheReferenceSuite() {
    ByteBuffer hashes = ByteBuffer.allocate(256 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    byte[] key = new byte[256];
    for (int i = 0; i < 256; i++) {
      key[i] = (byte) i;
      hashes.putInt(Murmur3.hash(key, 0, i, 256 - i));
    }
    assertThat(Murmur3.hash(hashes.array(), 0, hashes.capacity(), 0)).isEqualTo(0xb0f57ee3);
  }

  private static int unsigned(String hex) {
    return Integer.parseUnsignedInt(hex, 16);
  }
}
