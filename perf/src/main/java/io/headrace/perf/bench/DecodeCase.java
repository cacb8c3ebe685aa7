package io.headrace.perf.bench;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.Decoders;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.decode.LabelMapping;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.perf.data.GeneratedFile;
import io.headrace.perf.stream.Flights;
import io.headrace.perf.stream.Readings;
import io.headrace.schemas.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/**
 * A chunk of records, a decoder for them and a block that they fit into. Not thread-safe. Made only
 * if the decoder's first answer is right.
 */
final class DecodeCase {
  static final int RECORDS = 1024;

  private static final SourcePartition PARTITION = new SourcePartition("generated", 0);
  private static final long SEED = 11;
  private static final int CLICK_BITS = 22;

  private final RecordChunk chunk = new RecordChunk(done -> {});
  private final SampleDecoder decoder;
  private final SampleBlock block;
  private final Rejections none =
      (from, record, reason, detail) -> {
        throw new IllegalStateException(reason + ": " + detail);
      };

  private DecodeCase(List<byte[]> records, DecoderSpec spec, SampleMapping mapping) {
    chunk.start(PARTITION, 0);
    for (int i = 0; i < records.size(); i++) {
      byte[] record = records.get(i);
      chunk.add(record, 0, record.length, i, 0);
    }
    decoder = Decoders.create(spec, mapping);
    block = new SampleBlock(mapping.schema(), RECORDS);
  }

  /** Dense samples of 124 bytes in a producer's own schema. */
  static DecodeCase readings() {
    var spec = DecoderSpec.avro("confluent", Optional.of(Readings.schema()));
    return new DecodeCase(readingMessages(), spec, Readings.mapping()).checkedAsReadings();
  }

  /** The same samples in the canonical schema with the head of single-object encoding. */
  static DecodeCase canonical() {
    List<byte[]> samples = readingMessages().stream().map(DecodeCase::canonical).toList();
    var spec = DecoderSpec.avro("single-object", Optional.empty());
    return new DecodeCase(samples, spec, Readings.mapping()).checkedAsReadings();
  }

  static DecodeCase flightsAvro() {
    Schema schema = Flights.schema();
    return flights(flights().avro(), DecoderSpec.avro("bare", Optional.of(schema)));
  }

  static DecodeCase flightsCsv() {
    return flights(flights().csv(), DecoderSpec.csv(Flights.COLUMNS, ','));
  }

  static DecodeCase flightsJson() {
    return flights(flights().json(), DecoderSpec.jsonLines());
  }

  /** Clicks of 37 features as Vowpal Wabbit's text, 400 bytes each. */
  static DecodeCase clicksVw() {
    List<byte[]> lines = GeneratedFile.ctrLines(RECORDS);
    var made = clicks(lines);
    SampleBlock rows = made.decode();
    long clicks = lines.stream().filter(line -> line[0] == '1').count();
    long spaces = lines.stream().mapToLong(DecodeCase::features).sum();
    require(sum(rows.labels(), rows.size()) == clicks, "labels");
    require(rows.sparse(0).start(RECORDS) == spaces, "pairs");
    return made;
  }

  private static DecodeCase clicks(List<byte[]> lines) {
    var mapping =
        new SampleMapping(
            new LabelMapping("label", new LabelSpec.Classes(List.of("-1", "1"))),
            Optional.empty(),
            Optional.empty(),
            List.of(new InputMapping.SparseFields("features", List.of(), CLICK_BITS)));
    return new DecodeCase(lines, DecoderSpec.fixed("vw"), mapping);
  }

  /** The first {@code count} x {@link #RECORDS} clicks. */
  static List<SampleBlock> clickBlocks(int count) {
    List<byte[]> lines = GeneratedFile.ctrLines(count * RECORDS);
    return IntStream.range(0, count)
        .mapToObj(i -> clicks(lines.subList(i * RECORDS, (i + 1) * RECORDS)).decode())
        .toList();
  }

  /** A feature is a name with = or : behind it; counts of 0 are left out. */
  private static long features(byte[] line) {
    String text = new String(line, StandardCharsets.US_ASCII).replaceAll(":0\\.00\\b", "");
    return text.chars().filter(c -> c == '=' || c == ':').count();
  }

  /** Decodes the whole chunk. */
  SampleBlock decode() {
    block.start(PARTITION, 0);
    decoder.decode(chunk, block, none);
    return block;
  }

  private static List<byte[]> readingMessages() {
    return IntStream.range(0, RECORDS).mapToObj(Readings::message).toList();
  }

  private static byte[] canonical(byte[] reading) {
    ByteBuffer features =
        ByteBuffer.wrap(reading, Readings.FEATURES_AT, Readings.WIDTH * Float.BYTES).slice();
    Sample sample =
        Sample.newBuilder()
            .setLabel(Readings.label(reading, 0))
            .setInputs(Map.of("x", features))
            .build();
    try {
      ByteBuffer encoded = sample.toByteBuffer();
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Flights flights() {
    return Flights.generate(RECORDS, SEED);
  }

  private static DecodeCase flights(List<byte[]> records, DecoderSpec spec) {
    var made = new DecodeCase(records, spec, Flights.mapping());
    SampleBlock rows = made.decode();
    int late = flights().late();
    require(sum(rows.labels(), rows.size()) == late, "labels");
    require(rows.sparse(0).start(RECORDS) == RECORDS * 5, "pairs");
    return made;
  }

  private DecodeCase checkedAsReadings() {
    SampleBlock rows = decode();
    require(rows.size() == RECORDS, "rows");
    for (int row = 0; row < RECORDS; row++) {
      byte[] message = Readings.message(row);
      require(rows.labels()[row] == Readings.label(message, 0), "label of row " + row);
      for (int i = 0; i < Readings.WIDTH; i++) {
        float decoded = Floats.read(rows.dense(0).values(), rows.dense(0).start(row) + i);
        require(decoded == Readings.feature(message, 0, i), "feature " + i + " of row " + row);
      }
    }
    return this;
  }

  private static double sum(float[] values, int count) {
    return IntStream.range(0, count).mapToDouble(i -> values[i]).sum();
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException("the decoder's answer is wrong: " + what);
    }
  }
}
