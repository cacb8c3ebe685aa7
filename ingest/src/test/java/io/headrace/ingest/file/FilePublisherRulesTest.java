package io.headrace.ingest.file;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ReactiveStreamsRules;
import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/** The Reactive Streams TCK against a file of lines, one line a chunk. */
class FilePublisherRulesTest {
  private static final int RECORDS = 200;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> keepsTheRulesOfReactiveStreams() throws IOException {
    Files.writeString(folder.resolve("f"), "x\n".repeat(RECORDS));
    return ReactiveStreamsRules.of(new Verification(folder));
  }

  private static final class Verification extends PublisherVerification<RecordChunk> {
    private final Path folder;

    Verification(Path folder) {
      super(new TestEnvironment(1_000, 50));
      this.folder = folder;
    }

    @Override
    public long maxElementsFromPublisher() {
      return RECORDS;
    }

    @Override
    public Publisher<RecordChunk> createPublisher(long elements) {
      var start = Map.of(new SourcePartition("f", 0), RECORDS - elements);
      return source("f").chunks(Positions.of(start));
    }

    @Override
    public Publisher<RecordChunk> createFailedPublisher() {
      return source("missing").chunks(Positions.START);
    }

    private FileSampleSource source(String path) {
      return new FileSampleSource(folder, path, new FileFormat.Lines(), new FileLimits(1, 100));
    }
  }
}
