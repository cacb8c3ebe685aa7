package io.headrace.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteScanTest {
  private static final long SEED = 7;
  private static final byte[] ALPHABET = {
    '\n', '\t', 0, ' ', '!', ':', '|', ';', '}', 'a', -1, -96
  };

  @Test
  void findsWhatALoopOverTheBytesFinds() {
    var random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = bytes(random);
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);
      assertThat(ByteScan.find(bytes, from, to, '\n'))
          .as("seed %s, case %s", SEED, i)
          .isEqualTo(slowly(bytes, from, to, '\n', '\n', -1));
      assertThat(ByteScan.findBlankOr(bytes, from, to, '|', ':'))
          .as("seed %s, case %s", SEED, i)
          .isEqualTo(slowly(bytes, from, to, '|', ':', ' '));
    }
  }

  /** Mostly bytes that are not looked for, so that hits lie at every distance. */
  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(40)];
    int common = random.nextInt(8) + 1;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          random.nextInt(common) == 0 ? ALPHABET[random.nextInt(ALPHABET.length)] : (byte) 'b';
    }
    return bytes;
  }

  private static int slowly(byte[] bytes, int from, int to, char a, char b, int blank) {
    int i = from;
    while (i < to && bytes[i] != a && bytes[i] != b && !(bytes[i] >= 0 && bytes[i] <= blank)) {
      i++;
    }
    return i;
  }
}
