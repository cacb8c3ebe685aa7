package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sources, kept by files in folders named for their classes. */
class FolderFileSourceContractTest extends SampleSourceContract {
  private static final int FILES = 115;

  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    for (String name : List.of("neg", "pos")) {
      Files.createDirectories(folder.resolve("train").resolve(name));
      for (int i = 0; i < FILES; i++) {
        Files.writeString(folder.resolve("train").resolve(name).resolve(i + ".txt"), "text\n" + i);
      }
    }
    Files.writeString(folder.resolve("train/README"), "beside the classes");
    Files.writeString(folder.resolve("train/pos/.hidden"), "not data");
  }

  @Override
  protected SampleSource source() {
    return new FileSampleSource(folder, "train", new FileFormat.Folder(), new FileLimits(17, 1000));
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    List<String> texts = new ArrayList<>();
    for (Path file : ClassFolders.found(folder, "train").parts()) {
      String number = file.getFileName().toString().replace(".txt", "");
      texts.add(ClassFolders.className(file) + "\ntext\n" + number);
    }
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    expected.put(new SourcePartition("train", 0), numbered(texts));
    return expected;
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((FileSampleSource) source).chunksOutstanding();
  }
}
