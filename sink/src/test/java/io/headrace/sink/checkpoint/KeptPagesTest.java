package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.sink.CheckpointStore.Entry;
import io.headrace.sink.Checkpoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint of format version 2, and one that builds on it, as they were written first. */
class KeptPagesTest {
  private static final Path KEPT = Path.of("src/test/resources/formats/2");
  private static final long SEED = 1;

  @TempDir Path folder;

  @Test
  void areStillRead() throws IOException {
    try (Stream<Path> files = Files.list(KEPT)) {
      for (Path file : files.toList()) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          Files.copy(in, folder.resolve(file.getFileName().toString().replace(".gz", "")));
        }
      }
    }
    var store = DirectoryCheckpointStore.forReading(folder);
    List<Entry> entries = store.list();
    assertThat(entries).extracting(Entry::step).containsExactly(10L, 11L);
    assertThat(entries.getLast().base()).contains(entries.getFirst().name());
    for (Entry entry : entries) {
      Checkpoints.assertEqual(
          store.read(entry.name()), LargeTables.at(SEED, entry.step()).checkpoint());
    }
  }

  /** Wrote the kept files. */
  public static void main(String[] to) throws IOException {
    Path folder = Files.createTempDirectory("kept");
    var store = DirectoryCheckpointStore.forWriting(folder, 2);
    for (long step = 10; step <= 11; step++) {
      Path file = folder.resolve(store.write(LargeTables.at(SEED, step).checkpoint()).name());
      try (OutputStream out =
          new GZIPOutputStream(Files.newOutputStream(Path.of(to[0], file.getFileName() + ".gz")))) {
        Files.copy(file, out);
      }
    }
  }
}
