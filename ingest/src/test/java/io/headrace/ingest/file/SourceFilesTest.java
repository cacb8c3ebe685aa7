package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFilesTest {
  @TempDir Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.createDirectories(folder.resolve("data/more"));
    for (String name :
        List.of(
            "data/b.avro", "data/a.avro", "data/.hidden.avro", "data/more/c.avro", "d[1].csv")) {
      Files.writeString(folder.resolve(name), name);
    }
  }

  private List<String> found(String path) {
    return SourceFiles.found(folder, path).stream().map(SourceFile::name).toList();
  }

  @Test
  void namesFilesAsTheJobDoes() {
    assertThat(found("data/b.avro")).containsExactly("data/b.avro");
    assertThat(found("data")).containsExactly("data/a.avro", "data/b.avro");
    assertThat(found("data/")).containsExactly("data/a.avro", "data/b.avro");
    assertThat(found("data/*.avro")).containsExactly("data/a.avro", "data/b.avro");
    assertThat(found("**.avro")).containsExactly("data/a.avro", "data/b.avro", "data/more/c.avro");
    assertThat(found("d[1].csv")).containsExactly("d[1].csv");
  }

  @Test
  void saysWhereItLookedInVain() {
    assertThatThrownBy(() -> found("data/x.avro"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("there is no file data/x.avro (looked at ")
        .hasMessageContaining("Correct the path, or make the file first");
    assertThatThrownBy(() -> found("data/*.csv"))
        .hasMessageContaining("no file matches data/*.csv");
    assertThatThrownBy(() -> found("none/*.csv"))
        .hasMessageContaining("no file matches none/*.csv");
  }
}
