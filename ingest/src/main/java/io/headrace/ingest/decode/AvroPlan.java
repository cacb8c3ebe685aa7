package io.headrace.ingest.decode;

import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How to read records of one writer's schema: a step for each field in the writer's order, those
 * that the mapping uses into the row, the others over. Immutable, for any thread.
 *
 * @param step reads one record
 * @param problem why the schema does not fit the mapping; {@code step} then reads over the record
 *     and faults the row
 */
record AvroPlan(AvroStep step, Optional<String> problem) {

  /**
   * Compiles the plan. Without a reader's schema, fields are matched by name and taken as they were
   * written; with one, the fields that the mapping uses are resolved by Avro's rules. Canonical
   * samples are read by the names of their inputs.
   */
  static AvroPlan compile(
      Schema writer, @Nullable Schema reader, SampleMapping mapping, FieldTable table) {
    if (writer.getFullName().equals(CanonicalSteps.FULL_NAME)) {
      return CanonicalSteps.compile(writer, mapping);
    }
    if (writer.getType() != Schema.Type.RECORD) {
      return misfit(writer, "schema " + writer.getFullName() + " is not a record");
    }
    return new AvroCompiler(table).compile(writer, reader, mapping);
  }

  static AvroPlan misfit(Schema writer, String problem) {
    return new AvroPlan(new AvroSkips().faulting(writer, problem), Optional.of(problem));
  }
}
