package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sources, kept by an IDX file of 2 x 3 images and its labels. */
class IdxFileSourceContractTest extends SampleSourceContract {
  private static final int RECORDS = 230;

  @TempDir Path folder;

  private static String image(int i) {
    return String.format(Locale.ROOT, "i%05d", i);
  }

  private static String label(int i) {
    return Character.toString('a' + i % 26);
  }

  private static byte[] all(IntFunction<String> part) {
    String text = String.join("", IntStream.range(0, RECORDS).mapToObj(part).toList());
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @BeforeEach
  void writeFiles() throws IOException {
    IdxFiles.write(
        folder.resolve("a-images-idx3-ubyte"),
        all(IdxFileSourceContractTest::image),
        RECORDS,
        2,
        3);
    IdxFiles.write(
        folder.resolve("a-labels-idx1-ubyte"), all(IdxFileSourceContractTest::label), RECORDS);
  }

  @Override
  protected SampleSource source() {
    return new FileSampleSource(
        folder,
        "a-images-idx3-ubyte",
        new FileFormat.Idx(Optional.empty()),
        new FileLimits(17, 1000));
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    expected.put(
        new SourcePartition("a-images-idx3-ubyte", 0),
        numbered(IntStream.range(0, RECORDS).mapToObj(i -> label(i) + image(i)).toList()));
    return expected;
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((FileSampleSource) source).chunksOutstanding();
  }
}
