package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberScanTest {
  private final NumberScan scan = new NumberScan();

  private double word(String text) {
    byte[] bytes = (text + "|1.5e9:7").getBytes(StandardCharsets.US_ASCII);
    long word = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    double value = scan.read(word, text.length(), 3);
    assertThat(scan.end()).isEqualTo(3 + text.length());
    return value;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "7", "-7", "1234567", "-123456", "3.71", ".5", "5.", "-.5", "-0", "0.00001"})
  void readsAWordAsItReadsBytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertThat(word(text)).isEqualTo(scan.read(bytes, 0, bytes.length)).isNotNaN();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", ".", "-.", "1.2.3", "+1", "1-", "--1", "1e3", "/", ":", "1 2", "1/", "é"})
  void findsNoNumberInAWord(String text) {
    assertThat(word(text)).isNaN();
  }

  @Test
  void agreesWithTheSlowerReaderOnAnyText() {
    long seed = 20260504;
    var random = new Random(seed);
    String alphabet = "0123456789012345678901234567890123456789..-/:";
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(8); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
      assertThat(word(text.toString()))
          .as("%s, seed %d", text, seed)
          .isEqualTo(Double.valueOf(NumberText.parse(bytes, 0, bytes.length)));
    }
  }
}
