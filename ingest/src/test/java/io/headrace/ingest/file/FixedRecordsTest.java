package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixedRecordsTest {
  @TempDir Path folder;

  private FileReading reading() {
    return new FileReading(folder, new FileFormat.Fixed(3), FileLimits.DEFAULT);
  }

  @Test
  void givesWhatIsLeftAtTheEndAsAShorterRecord() throws IOException {
    Files.writeString(folder.resolve("f"), "abcdefgh");
    assertThat(reading().of("f")).containsExactly("0 abc", "1 def", "2 gh");
    assertThat(reading().of("f", 2)).containsExactly("2 gh");
    assertThat(reading().of("f", 3)).isEmpty();
  }

  @Test
  void givesNothingOfAnEmptyFile() throws IOException {
    Files.createFile(folder.resolve("f"));
    assertThat(reading().of("f")).isEmpty();
  }

  @Test
  void saysThatAFileIsShorterThanACheckpointHasSeenIt() throws IOException {
    Files.writeString(folder.resolve("f"), "abcdef");
    assertThatThrownBy(() -> reading().of("f", 3))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("has 2 records, but the checkpoint goes on at record 3");
  }
}
