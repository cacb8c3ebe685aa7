package io.headrace.sink.archive;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.schemas.Sample;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericRecord;

/**
 * A sample as it was learned from. The record is a canonical sample with three fields more, which
 * readers of canonical samples read over.
 *
 * @param step in which it was learned from
 * @param row its place among the rows of that step
 * @param position of the record that it was made of
 */
public record ArchivedSample(
    SourcePartition partition, long position, long step, int row, GenericRecord sample) {
  static final String STEP = "step";
  static final String ROW = "row";
  static final String POSITION = "position";

  /** Of the records in the files. */
  public static final Schema SCHEMA = schema();

  private static Schema schema() {
    Schema sample = Sample.getClassSchema();
    List<Field> fields = new ArrayList<>();
    sample.getFields().forEach(field -> fields.add(new Field(field, field.schema())));
    Schema number = Schema.create(Schema.Type.LONG);
    fields.add(new Field(STEP, number, "The step in which it was learned from, from 1."));
    fields.add(
        new Field(
            ROW,
            Schema.create(Schema.Type.INT),
            "Its place among the samples of that step, from 0."));
    fields.add(
        new Field(
            POSITION,
            number,
            "Position of its record: offset in a topic, record number in a file, with the epoch in the bits from 40 on."));
    return Schema.createRecord(
        sample.getName(),
        "A canonical sample as it was learned from: behind transforms, its features hashed.",
        sample.getNamespace(),
        false,
        fields);
  }

  static ArchivedSample of(SourcePartition partition, GenericRecord sample) {
    return new ArchivedSample(
        partition,
        (long) sample.get(POSITION),
        (long) sample.get(STEP),
        (int) sample.get(ROW),
        sample);
  }
}
