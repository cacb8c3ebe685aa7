package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sources, kept by two Parquet files in a folder. */
class ParquetFileSourceContractTest extends SampleSourceContract {
  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    ParquetFiles.copy("b.parquet", folder);
    ParquetFiles.copy("a.parquet", folder);
  }

  @Override
  protected SampleSource source() {
    return new FileSampleSource(folder, "*.parquet", new FileFormat.Parquet(), FileLimits.DEFAULT);
  }

  @Override
  protected List<Seen> records(RecordChunk chunk) {
    return AvroFiles.read(chunk);
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    expected.put(new SourcePartition("a.parquet", 0), rows(150));
    expected.put(new SourcePartition("b.parquet", 0), rows(100));
    return expected;
  }

  private static List<Seen> rows(int count) {
    return numbered(IntStream.range(0, count).mapToObj(i -> i + "=" + AvroFiles.note(i)).toList());
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((FileSampleSource) source).chunksOutstanding();
  }
}
