package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder and the chunks that a test gives it. Every decoding also checks the account: each
 * record is a row or rejected, and told so once. Not thread-safe.
 */
final class Trial {
  static final SourcePartition PARTITION = new SourcePartition("topic", 3);

  private final SampleMapping mapping;
  private final SampleDecoder decoder;
  private final RecordChunk chunk = new RecordChunk(done -> {});
  private List<List<Integer>> fields = List.of();

  /** What became of a chunk; rejections read "index code: detail". */
  record Outcome(List<Row> rows, List<String> rejections) {}

  Trial(DecoderSpec spec, SampleMapping mapping) {
    this(Decoders.create(spec, mapping), mapping);
  }

  Trial(SampleDecoder decoder, SampleMapping mapping) {
    this.decoder = decoder;
    this.mapping = mapping;
    chunk.start(PARTITION, 0);
  }

  /** The chunk to fill, started at position 0. */
  RecordChunk chunk() {
    return chunk;
  }

  /** Adds a record behind those before, one position further, made at 1000 + its position. */
  Trial add(byte[] record) {
    long position = chunk.nextPosition();
    chunk.add(record, 0, record.length, position, 1000 + position);
    return this;
  }

  Trial add(String record) {
    return add(record.getBytes(StandardCharsets.UTF_8));
  }

  /** Decodes the chunk and empties it. */
  Outcome decode() {
    int expected = chunk.count() - chunk.skipped();
    var block = new SampleBlock(mapping.schema(), Math.max(1, expected));
    block.start(PARTITION, chunk.firstPosition());
    var rejections = new ArrayList<String>();
    decoder.decode(
        chunk,
        block,
        (from, record, reason, detail) -> {
          assertThat(from).isSameAs(chunk);
          rejections.add(record + " " + reason.code() + ": " + detail);
        });
    assertThat(block.rejected()).isEqualTo(rejections.size());
    assertThat(block.size() + block.rejected() + block.filtered()).isEqualTo(expected);
    if (expected > 0) {
      assertThat(block.nextPosition()).isEqualTo(chunk.nextPosition());
    }
    chunk.start(PARTITION, 0);
    fields = Row.fields(block);
    return new Outcome(Row.all(block), rejections);
  }

  /** Decodes the chunk, of which nothing may be rejected. */
  List<Row> rows() {
    Outcome outcome = decode();
    assertThat(outcome.rejections()).isEmpty();
    return outcome.rows();
  }

  /** Decodes the chunk, of which nothing may be rejected: the field of each pair, row by row. */
  List<List<Integer>> fields() {
    rows();
    return fields;
  }

  /** Decodes the chunk, of which everything must be rejected. */
  List<String> rejections() {
    Outcome outcome = decode();
    assertThat(outcome.rows()).isEmpty();
    return outcome.rejections();
  }
}
