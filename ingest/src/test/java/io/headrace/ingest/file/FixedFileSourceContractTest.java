package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sources, kept by records of seven bytes of which the last is cut off. */
class FixedFileSourceContractTest extends SampleSourceContract {
  private static final int RECORDS = 230;

  @TempDir Path folder;

  @BeforeEach
  void writeFile() throws IOException {
    Files.writeString(folder.resolve("rows.bin"), String.join("", texts()));
  }

  private static List<String> texts() {
    var texts =
        new ArrayList<>(
            IntStream.range(0, RECORDS)
                .mapToObj(i -> String.format(Locale.ROOT, "r%05d\n", i))
                .toList());
    texts.set(RECORDS - 1, "r00");
    return texts;
  }

  @Override
  protected SampleSource source() {
    return new FileSampleSource(
        folder, "rows.bin", new FileFormat.Fixed(7), new FileLimits(17, 1000));
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    expected.put(new SourcePartition("rows.bin", 0), numbered(texts()));
    return expected;
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((FileSampleSource) source).chunksOutstanding();
  }
}
