package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelimitedRecordsTest {
  @TempDir Path folder;

  private FileReading lines(int maxRecordBytes) {
    return new FileReading(folder, new FileFormat.Lines(), new FileLimits(3, maxRecordBytes));
  }

  private FileReading csv(boolean header, int maxRecordBytes) {
    var format = new FileFormat.Csv(';', header);
    return new FileReading(folder, format, new FileLimits(3, maxRecordBytes));
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("f"), text);
  }

  @Test
  void givesLinesWithoutTheirBreaksAndPassesOverBlankOnes() throws IOException {
    write("\uFEFFone\r\n\n\r\ntwo\nthree");
    assertThat(lines(100).of("f")).containsExactly("0 one", "1 two", "2 three");
  }

  @Test
  void anEmptyFileHasNoRecords() throws IOException {
    write("");
    assertThat(lines(100).of("f")).isEmpty();
    assertThat(csv(true, 100).of("f")).isEmpty();
  }

  @Test
  void aTooLargeLineIsAFaultAndTheNextIsRead() throws IOException {
    write("a\n" + "x".repeat(3_000_000) + "\nb\n" + "y".repeat(11) + "\nc\n");
    assertThat(lines(10).of("f"))
        .containsExactly(
            "0 a",
            "1 too-large: f: record 1 is larger than max-record-bytes, 10",
            "2 b",
            "3 too-large: f: record 3 is larger than max-record-bytes, 10",
            "4 c");
  }

  @Test
  void aTenMegabyteRecordPassesWhole() throws IOException {
    String large = "z".repeat(10_000_000);
    write("a\n" + large + "\nb\n");
    assertThat(lines(16 << 20).of("f")).containsExactly("0 a", "1 " + large, "2 b");
  }

  @Test
  void csvRecordsMayHoldQuotedBreaksAndDelimiters() throws IOException {
    write("id;note\n1;\"a;b\nc\"\n2;in \"plain\" text\n3;\"he said \"\"no\"\"\n\"\n");
    FileReading reading = csv(true, 100);
    assertThat(reading.of("f"))
        .containsExactly("0 1;\"a;b\nc\"", "1 2;in \"plain\" text", "2 3;\"he said \"\"no\"\"\n\"");
    assertThat(reading.header()).containsExactly("id", "note");
  }

  @Test
  void aQuoteThatIsNeverClosedCostsItsLineOnly() throws IOException {
    write("1;a\n2;\"open\n3;c\n4;d\n");
    assertThat(csv(false, 1000).of("f"))
        .containsExactly(
            "0 1;a",
            "1 malformed: f: record 1 opens a quote that is never closed",
            "2 3;c",
            "3 4;d");
  }

  @Test
  void aQuoteThatIsNotClosedWithinTheLimitCostsItsLineOnly() throws IOException {
    write("2;\"open\n" + "3;c\n".repeat(1_000_000));
    assertThat(csv(false, 1000).of("f"))
        .hasSize(1_000_001)
        .startsWith("0 malformed: f: record 0 opens a quote that is never closed", "1 3;c");
  }

  @Test
  void resumesBehindFaultsAtTheSameNumbers() throws IOException {
    write("1;a\n2;\"open\n3;c\n" + "x".repeat(50) + "\n4;d\n");
    var all = csv(false, 40).of("f");
    for (int from = 0; from <= all.size(); from++) {
      assertThat(csv(false, 40).of("f", from)).isEqualTo(all.subList(from, all.size()));
    }
  }

  @Test
  void saysThatAFileShrankBelowItsCheckpoint() throws IOException {
    write("a\nb\n");
    assertThat(lines(100).of("f", 2)).isEmpty();
    assertThatThrownBy(() -> lines(100).of("f", 3))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("has 2 records, but the checkpoint goes on at record 3");
  }
}
