package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks followed from the source to the step. */
class TracedRunTest {
  private static final int RECORDS = 1_000;
  private static final int CHUNK = 37;
  private static final AttributeKey<Long> NEXT = AttributeKey.longKey("headrace.next_position");
  private static final AttributeKey<Long> RECORDS_OF = AttributeKey.longKey("headrace.records");
  private static final AttributeKey<Long> STEP = AttributeKey.longKey("headrace.step");

  @TempDir private Path folder;
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build();

  @AfterEach
  void close() {
    provider.close();
  }

  private List<SpanData> run(int every, OptionalLong limit) {
    try (var fixture = new RunFixture(DirectoryCheckpointStore.forWriting(folder, 2));
        var traces = new ChunkTraces(provider.get("test"), every)) {
      fixture.source = new CountedRecords(RECORDS, CHUNK);
      fixture.traces = traces;
      fixture.stopAfterSamples = limit;
      fixture.run();
    }
    return spans.getFinishedSpanItems();
  }

  private static long next(SpanData chunk) {
    return Objects.requireNonNull(chunk.getAttributes().get(NEXT));
  }

  private static List<SpanData> chunks(List<SpanData> all) {
    return all.stream()
        .filter(span -> span.getName().equals("chunk"))
        .sorted(Comparator.comparingLong(TracedRunTest::next))
        .toList();
  }

  @Test
  void eachChunkIsFollowedThroughItsStages() {
    List<SpanData> all = run(1, OptionalLong.empty());
    List<SpanData> chunks = chunks(all);
    assertThat(chunks).hasSize(Math.ceilDiv(RECORDS, CHUNK));
    assertThat(chunks.stream().mapToLong(chunk -> chunk.getAttributes().get(RECORDS_OF)).sum())
        .isEqualTo(RECORDS);
    assertThat(chunks).extracting(chunk -> chunk.getAttributes().get(STEP)).isSorted();
    for (SpanData chunk : chunks) {
      long next = next(chunk);
      long rows = next - next / 10; // each tenth record is rejected, by whichever batch is open
      assertThat(chunk.getAttributes().get(STEP))
          .as("the step that trains the last row before %d", next)
          .isBetween(
              Math.ceilDiv(rows, RunFixture.BATCH), Math.ceilDiv(rows + 1, RunFixture.BATCH));
      List<SpanData> stages =
          all.stream()
              .filter(span -> span.getParentSpanId().equals(chunk.getSpanId()))
              .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
              .toList();
      assertThat(stages)
          .extracting(SpanData::getName)
          .containsExactly("decode", "assemble", "train");
      long before = chunk.getStartEpochNanos();
      for (SpanData stage : stages) {
        assertThat(stage.getTraceId()).isEqualTo(chunk.getTraceId());
        assertThat(stage.getStartEpochNanos()).isGreaterThanOrEqualTo(before);
        before = stage.getEndEpochNanos();
      }
      assertThat(chunk.getEndEpochNanos()).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void oneOfSoManyIsFollowed() {
    assertThat(chunks(run(10, OptionalLong.empty()))).hasSize(3);
  }

  @Test
  void noneIsUnlessItIsAskedFor() {
    assertThat(run(0, OptionalLong.empty())).isEmpty();
  }

  @Test
  void whatIsNeverTrainedSaysSo() {
    List<SpanData> chunks = chunks(run(1, OptionalLong.of(RunFixture.BATCH)));
    assertThat(chunks)
        .last()
        .satisfies(
            chunk -> assertThat(chunk.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.hasEnded()).isTrue());
  }
}
