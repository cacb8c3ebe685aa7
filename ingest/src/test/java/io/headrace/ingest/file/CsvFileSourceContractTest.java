package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sources, kept by a CSV file with quoted line breaks and blank lines. */
class CsvFileSourceContractTest extends SampleSourceContract {
  private static final int RECORDS = 230;

  @TempDir Path folder;

  @BeforeEach
  void writeFile() throws IOException {
    var text = new StringBuilder("id,note\r\n");
    IntStream.range(0, RECORDS)
        .forEach(i -> text.append(record(i)).append(i % 5 == 0 ? "\r\n\r\n" : "\n"));
    Files.writeString(folder.resolve("rows.csv"), text);
  }

  private static String record(int i) {
    return i + (i % 3 == 0 ? ",\"two\nlines, \"\"quoted\"\"\"" : ",5\" pipe");
  }

  @Override
  protected SampleSource source() {
    return new FileSampleSource(
        folder, "rows.csv", new FileFormat.Csv(',', true), new FileLimits(17, 1000));
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    expected.put(
        new SourcePartition("rows.csv", 0),
        numbered(IntStream.range(0, RECORDS).mapToObj(CsvFileSourceContractTest::record).toList()));
    return expected;
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((FileSampleSource) source).chunksOutstanding();
  }
}
