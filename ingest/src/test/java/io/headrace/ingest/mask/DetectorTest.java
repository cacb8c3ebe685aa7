package io.headrace.ingest.mask;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorTest {
  private static String replaced(String text) {
    String now = text;
    for (Detector detector : Detector.ALL) {
      now = detector.replaceIn(now, found -> "<" + detector.code() + ">");
    }
    return now;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "jane.doe+x@mail.example.org; email",
        "O'Neil_7@example.co.uk; email",
        "4111 1111 1111 1111; card",
        "5500-0000-0000-0004; card",
        "378282246310005; card",
        "6011000990139424; card",
        "2223003122003222; card",
        "192.168.17.254; ip",
        "2001:db8::ff00:42:8329; ip",
        "fe80:0:0:0:1:2:3:4; ip",
        "+49 170 1234567; phone",
        "+1 (415) 555-0132; phone",
        "0044 20 7946 0958; phone",
        "(030) 901820-123; phone",
        "415-555-0132; phone",
        "078-05-1120; national-id",
        "AB 12 34 56 C; national-id",
        "12345678Z; national-id",
        "RSSMRA85T10A562S; national-id",
        "2 55 08 14 168 025 38; national-id"
      })
  void findsAndReplacesWithinText(String secret, String kind) {
    assertThat(replaced("before " + secret + ", after")).isEqualTo("before <" + kind + ">, after");
    assertThat(replaced(secret)).isEqualTo("<" + kind + ">");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111 1111 1111 1112", // Luhn
        "1700000000000", // milliseconds since 1970
        "0.4111111111111111", // decimals that would be a card's
        "-3,4111111111111111",
        "0.0049170123456789", // and a phone's
        "1.255081416802538",
        "999.1.1.1", // no byte
        "1.2.3", // a version
        "12:30:45", // a time
        "2026-01-31T12:00:00Z",
        "2026-01-31",
        "0.123456789",
        "-12345.678",
        "12345678A", // no check letter
        "000-12-3456",
        "me@home",
        "a@b",
        "ps-0123456789abcdef0123456789abcdef",
        "12345678901234567890123",
        "5 apples and 1000 pears"
      })
  void leavesWhatOnlyLooksAlike(String text) {
    assertThat(replaced(text)).isEqualTo(text);
  }

  /** Forms that make careless expressions try ways without end. */
  @Test
  void takesHostileTextInOnePass() {
    for (String part : new String[] {"a.", "1 ", "1-", "+1(", "f:", "a@a.", "1.", "+49 "}) {
      assertThat(replaced(part.repeat(20_000))).isNotNull();
    }
  }
}
