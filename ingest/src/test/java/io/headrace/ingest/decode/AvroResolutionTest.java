package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

/**
 * Records of producers that change their schema while the stream runs, read with the schema of
 * before and of after, against Avro's own reader: what that makes of a record is written in the
 * reader's schema and decoded as it is.
 */
class AvroResolutionTest {
  private static final int SEEDS = 600;
  private static final int RECORDS = 8;

  /** Written in either schema, in the order of the stream. */
  private record Written(Schema schema, GenericRecord record) {
    byte[] bytes() {
      return Flights.binary(schema, record);
    }
  }

  private int accepted;
  private int rejected;

  @Test
  void anOldReaderTakesNewWritersAsAvroDoes() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      compare(seed, 0);
    }
    requireBoth();
  }

  @Test
  void aNewReaderTakesOldWritersAsAvroDoes() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      compare(seed, 1);
    }
    requireBoth();
  }

  /** A tenth of the records each, at least. */
  private void requireBoth() {
    System.out.printf("seeds 1 to %d: %d accepted, %d rejected%n", SEEDS, accepted, rejected);
    assertThat(accepted).isGreaterThan(SEEDS * RECORDS / 10);
    assertThat(rejected).isGreaterThan(SEEDS * RECORDS / 10);
  }

  private void compare(long seed, int readerVersion) {
    var random = new Random(seed);
    var evolving = new EvolvingSchema(random);
    Schema before = evolving.first();
    List<Schema> versions = List.of(before, evolving.next(before));
    var stream = new ArrayList<Written>();
    for (int i = 0; i < RECORDS; i++) {
      Schema schema = versions.get(i < 2 ? 0 : random.nextInt(2)); // producers upgrade one by one
      stream.add(new Written(schema, (GenericRecord) evolving.value(schema)));
    }
    Schema reader = versions.get(readerVersion);
    List<Field> used = used(reader, random);
    SampleMapping mapping = mapping(used);

    List<String> expected = twin(stream, projected(reader, used), mapping);

    for (String framing : List.of("container", "single-object", "confluent")) {
      assertThat(decoded(framing, stream, versions, reader, mapping))
          .as(
              "seed %s, framing %s%nwriters %s%nreader %s, of which %s",
              seed, framing, versions, readerVersion, mapping)
          .isEqualTo(expected);
    }
    int faults = (int) expected.stream().filter(seen -> seen.startsWith("wrong-")).count();
    rejected += faults;
    accepted += RECORDS - faults;
  }

  /** Most of the fields: what a job does not use need not resolve. */
  private static List<Field> used(Schema reader, Random random) {
    return reader.getFields().stream()
        .filter(field -> field.name().equals("y") || random.nextInt(100) < 85)
        .toList();
  }

  private static Schema projected(Schema reader, List<Field> used) {
    List<Field> fields = used.stream().map(field -> new Field(field, field.schema())).toList();
    return Schema.createRecord(reader.getName(), null, reader.getNamespace(), false, fields);
  }

  private static SampleMapping mapping(List<Field> used) {
    var scalars = new ArrayList<String>();
    var numbers = new ArrayList<String>(List.of("y"));
    var inputs = new ArrayList<InputMapping>();
    used.stream()
        .filter(field -> !field.name().equals("t"))
        .forEach(field -> sort(field.name(), field.schema(), true, scalars, numbers, inputs));
    List<String> categorical = scalars.subList(0, scalars.size() / 2);
    inputs.add(new InputMapping.SparseFields("s", scalars, 30, categorical, Map.of(), List.of()));
    inputs.add(new InputMapping.DenseFields("d", numbers));
    return new SampleMapping(
        new LabelMapping("y", new LabelSpec.Numeric()),
        Optional.empty(),
        used.stream().map(Field::name).filter("t"::equals).findFirst(),
        inputs);
  }

  private static void sort(
      String path,
      Schema schema,
      boolean always,
      List<String> scalars,
      List<String> numbers,
      List<InputMapping> inputs) {
    switch (schema.getType()) {
      case RECORD ->
          schema
              .getFields()
              .forEach(
                  inner ->
                      sort(
                          path + "." + inner.name(),
                          inner.schema(),
                          always,
                          scalars,
                          numbers,
                          inputs));
      case ARRAY -> inputs.add(new InputMapping.DenseVector("v" + inputs.size(), path, 3));
      case UNION -> {
        Schema last = schema.getTypes().getLast();
        boolean composed = last.getType() == Schema.Type.RECORD;
        sort(
            path,
            composed ? last : Schema.create(Schema.Type.STRING),
            false,
            scalars,
            numbers,
            inputs);
      }
      default -> {
        scalars.add(path);
        if (always
            && schema.getType() != Schema.Type.STRING
            && schema.getType() != Schema.Type.BYTES) {
          numbers.add(path);
        }
      }
    }
  }

  private static List<String> twin(List<Written> stream, Schema reader, SampleMapping mapping) {
    var trial = new Trial(DecoderSpec.avro("bare", Optional.of(reader)), mapping);
    var seen = new ArrayList<String>();
    for (Written written : stream) {
      try {
        var avro = new GenericDatumReader<>(withoutDefaults(written.schema()), reader);
        byte[] bytes = written.bytes();
        byte[] padded = Arrays.copyOf(bytes, bytes.length + 64); // Avro wants arrays as they widen
        var in = DecoderFactory.get().binaryDecoder(padded, null);
        trial.add(Flights.binary(reader, avro.read(null, in)));
        seen.addAll(outcomes(trial, mapping).values());
      } catch (AvroRuntimeException e) {
        seen.add("wrong-schema");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return seen;
  }

  /**
   * A writer's defaults play no part, but Avro checks that they still fit after it gave the
   * writer's fields the names of the reader's, and refuses the schema if not.
   */
  private static Schema withoutDefaults(Schema writer) {
    return switch (writer.getType()) {
      case RECORD ->
          Schema.createRecord(
              writer.getName(),
              null,
              writer.getNamespace(),
              false,
              writer.getFields().stream()
                  .map(field -> new Field(field.name(), withoutDefaults(field.schema())))
                  .toList());
      case UNION ->
          Schema.createUnion(
              writer.getTypes().stream().map(AvroResolutionTest::withoutDefaults).toList());
      default -> writer;
    };
  }

  private static List<String> decoded(
      String framing,
      List<Written> stream,
      List<Schema> versions,
      Schema reader,
      SampleMapping mapping) {
    WriterSchemas known =
        WriterSchemas.of(versions, Map.of(0, versions.get(0), 1, versions.get(1)));
    SampleDecoder decoder =
        Decoders.create(DecoderSpec.avro(framing, Optional.of(reader)), mapping, known);
    var trial = new Trial(decoder, mapping);
    if (framing.equals("container")) {
      return runs(trial, stream, mapping);
    }
    for (Written written : stream) {
      trial.add(
          framing.equals("confluent")
              ? Flights.confluent(versions.indexOf(written.schema()), written.bytes())
              : Flights.singleObject(written.schema(), written.bytes()));
    }
    return List.copyOf(outcomes(trial, mapping).values());
  }

  /** Blocks of as many records as come in one schema. */
  private static List<String> runs(Trial trial, List<Written> stream, SampleMapping mapping) {
    var seen = new ArrayList<String>();
    int next = 0;
    while (next < stream.size()) {
      int first = next;
      Schema schema = stream.get(first).schema();
      while (next < stream.size() && stream.get(next).schema().equals(schema)) {
        next++;
      }
      byte[] block =
          Flights.joined(
              stream.subList(first, next).stream().map(Written::bytes).toArray(byte[][]::new));
      RecordChunk chunk = trial.chunk();
      chunk.addRun(block, block.length, next - first, first, schema);
      seen.addAll(outcomes(trial, mapping).values());
    }
    return seen;
  }

  /** Rows, or the codes of rejections, by position. */
  private static Map<Long, String> outcomes(Trial trial, SampleMapping mapping) {
    long first = trial.chunk().firstPosition();
    Trial.Outcome outcome = trial.decode();
    var seen = new TreeMap<Long, String>();
    for (Row row : outcome.rows()) {
      String time = mapping.eventTimeField().isPresent() ? row.timeMillis() + " " : "";
      seen.put(row.position(), time + row.label() + " " + row.inputs());
    }
    for (String rejection : outcome.rejections()) {
      int record = Integer.parseInt(rejection.substring(0, rejection.indexOf(' ')));
      String code = rejection.substring(rejection.indexOf(' ') + 1, rejection.indexOf(':'));
      seen.put(first + (record < 0 ? -1 - record : record), code);
    }
    return seen;
  }
}
