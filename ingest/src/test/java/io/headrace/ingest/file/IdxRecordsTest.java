package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxRecordsTest {
  @TempDir Path folder;

  private List<String> read(String images, String labels) {
    var format = new FileFormat.Idx(Optional.of(labels).filter(path -> !path.isEmpty()));
    return new FileReading(folder, format, FileLimits.DEFAULT).of(images);
  }

  private void write(String name, String content, int... sizes) throws IOException {
    IdxFiles.write(folder.resolve(name), content.getBytes(StandardCharsets.US_ASCII), sizes);
  }

  @Test
  void joinsEachImageWithItsLabel() throws IOException {
    write("x", "abcdefgh", 2, 2, 2);
    write("y", "01", 2);
    assertThat(read("x", "y")).containsExactly("0 0abcd", "1 1efgh");
    assertThat(read("x", "")).containsExactly("0 abcd", "1 efgh");
    write("colours", "abcdef", 1, 1, 2, 3);
    assertThat(read("colours", "")).containsExactly("0 abcdef");
  }

  @Test
  void pairsFilesInTheOrderOfTheirNames() throws IOException {
    write("a.images", "ab", 2, 1, 1);
    write("b.images", "c", 1, 1, 1);
    write("a.labels", "12", 2);
    write("b.labels", "3", 1);
    assertThat(read("*.images", "*.labels")).containsExactly("0 1a", "1 2b", "0 3c");
    assertThatThrownBy(() -> read("*.images", "b.labels"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(
            "there are 2 files of images in *.images, but 1 of labels in b.labels");
  }

  @Test
  void givesAnImageThatIsCutOffAsAShorterRecord() throws IOException {
    write("x", "abcdef", 3, 2, 2);
    write("y", "012", 3);
    assertThat(read("x", "y")).containsExactly("0 0abcd", "1 1ef");
    write("x", "", 3, 2, 2);
    assertThat(read("x", "y")).isEmpty();
  }

  @Test
  void saysWhatIsNoIdxFile() throws IOException {
    write("x", "abcd", 1, 2, 2);
    write("y", "0", 1);
    Files.writeString(folder.resolve("text"), "neither");
    Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> read("y", "x"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(
            "y is no IDX file of images: it begins with 00000801, not with 00000803")
        .hasMessageContaining("images and labels are not mixed up");
    assertThatThrownBy(() -> read("x", "text"))
        .hasMessageContaining("text is no IDX file of labels: it begins with 6e656974");
    assertThatThrownBy(() -> read("empty", "")).hasMessageContaining("it begins with ,");
  }

  @Test
  void saysWhatSizesDoNotFit() throws IOException {
    write("x", "abcdefgh", 2, 2, 2);
    write("y", "012", 3);
    write("z", "0", 2);
    write("longer", "abcde", 1, 2, 2);
    write("flat", "", 1, 0, 2);
    assertThatThrownBy(() -> read("x", "y"))
        .hasMessageContaining("y has 3 labels and says 3, but")
        .hasMessageContaining("x says 2 images");
    assertThatThrownBy(() -> read("x", "z")).hasMessageContaining("z has 1 labels and says 2, but");
    assertThatThrownBy(() -> read("longer", ""))
        .hasMessageContaining("has 5 bytes of images, but its head says 1 images of 4 bytes");
    assertThatThrownBy(() -> read("flat", "")).hasMessageContaining("has 0 bytes, which cannot be");
  }
}
