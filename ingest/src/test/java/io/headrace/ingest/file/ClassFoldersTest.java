package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {
  @TempDir Path folder;

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, name);
    }
  }

  private List<String> found(String path) {
    return ClassFolders.found(folder, path).parts().stream()
        .map(file -> folder.relativize(file).toString())
        .toList();
  }

  @Test
  void mixesTheClassesInAnOrderThatDependsOnNamesAlone() throws IOException {
    for (int i = 0; i < 200; i++) {
      write("a/cat/" + i + ".png", "a/dog/" + i + ".png", "b/cat/" + i + ".png");
    }
    List<String> files = found("a");
    assertThat(files).hasSize(400).doesNotHaveDuplicates();
    long catsInFirstHalf = files.subList(0, 200).stream().filter(f -> f.contains("cat")).count();
    assertThat(catsInFirstHalf).isBetween(80L, 120L);
    assertThat(found("a/")).isEqualTo(files);
    assertThat(found("a/*/*.png")).isEqualTo(files);
    assertThat(found("b").stream().map(f -> f.replace("b/", "a/")))
        .isEqualTo(files.stream().filter(f -> f.contains("cat")).toList());
  }

  @Test
  void takesTheFoldersOwnFilesIfItHasNoFolders() throws IOException {
    write("mine/x.txt", "mine/y.txt", "mine/_notes");
    assertThat(found("mine")).containsExactlyInAnyOrder("mine/x.txt", "mine/y.txt");
    assertThat(ClassFolders.className(folder.resolve("mine/x.txt"))).isEqualTo("mine");
  }

  @Test
  void saysThatThereIsNothing() throws IOException {
    Files.createDirectories(folder.resolve("empty/inner"));
    assertThatThrownBy(() -> found("empty"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("the folder empty has no files");
    assertThatThrownBy(() -> found("absent")).hasMessageContaining("there is no file absent");
  }

  @Test
  void saysThatFilesAreMissingThatACheckpointHasSeen() throws IOException {
    write("a/cat/1", "a/cat/2");
    var reading = new FileReading(folder, new FileFormat.Folder(), FileLimits.DEFAULT);
    assertThat(reading.of("a", 2)).isEmpty();
    assertThatThrownBy(() -> reading.of("a", 3))
        .hasMessageContaining("has 2 records, but the checkpoint goes on at record 3");
  }

  @Test
  void aFileThatIsTooLargeIsAFault() throws IOException {
    write("a/cat/a-very-long-name");
    assertThat(new FileReading(folder, new FileFormat.Folder(), new FileLimits(10, 5)).of("a"))
        .singleElement()
        .asString()
        .startsWith("0 too-large: ")
        .endsWith("cat/a-very-long-name has 22 bytes, more than max-record-bytes, 5");
  }
}
