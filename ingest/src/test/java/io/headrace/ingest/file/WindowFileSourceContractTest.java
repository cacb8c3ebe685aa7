package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sources, kept by windows over a text with characters of one to four bytes. */
class WindowFileSourceContractTest extends SampleSourceContract {
  private static final int LENGTH = 7;
  private static final int STRIDE = 3;

  @TempDir Path folder;
  private final StringBuilder text = new StringBuilder();

  @BeforeEach
  void writeFile() throws IOException {
    var random = new Random(1);
    for (int i = 0; i < 700; i++) {
      text.appendCodePoint("aé日😀\n".codePoints().toArray()[random.nextInt(5)]);
    }
    Files.writeString(folder.resolve("text"), text);
  }

  @Override
  protected SampleSource source() {
    return new FileSampleSource(
        folder, "text", new FileFormat.Windows(LENGTH, STRIDE), new FileLimits(17, 1000));
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    int[] characters = text.codePoints().toArray();
    List<String> windows = new ArrayList<>();
    for (int start = 0; start + LENGTH < characters.length; start += STRIDE) {
      windows.add(new String(characters, start, LENGTH + 1));
    }
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    expected.put(new SourcePartition("text", 0), numbered(windows));
    return expected;
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((FileSampleSource) source).chunksOutstanding();
  }
}
