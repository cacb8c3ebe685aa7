package io.headrace.ingest.decode;

import io.headrace.engine.config.Suggestion;
import io.headrace.ingest.RejectionReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
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
   * Compiles the plan. Fields are matched by name, so added, removed, moved and widened ones need
   * no care; the reader's schema adds its aliases and defaults.
   */
  static AvroPlan compile(
      Schema writer, @Nullable Schema reader, SampleMapping mapping, FieldTable table) {
    if (writer.getFullName().equals(CanonicalSteps.FULL_NAME)) {
      return CanonicalSteps.compile(writer, mapping);
    }
    if (writer.getType() != Schema.Type.RECORD) {
      return misfit(writer, "schema " + writer.getFullName() + " is not a record");
    }
    return new Compiler(table).compile(writer, reader, mapping);
  }

  static AvroPlan misfit(Schema writer, String problem) {
    AvroStep skip = new AvroSkips().of(writer);
    return new AvroPlan(
        (in, row) -> {
          row.fault(RejectionReason.WRONG_SCHEMA, problem);
          skip.run(in, row);
        },
        Optional.of(problem));
  }

  private static final class Compiler {
    private final Map<String, FieldTable.Use> uses;
    private final AvroSkips skips = new AvroSkips();
    private final Set<String> found = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    Compiler(FieldTable table) {
      this.uses = table.uses();
    }

    AvroPlan compile(Schema writer, @Nullable Schema reader, SampleMapping mapping) {
      var steps = new ArrayList<AvroStep>();
      steps.add(record(writer, reader, ""));
      uses.forEach(
          (path, use) -> {
            if (!found.contains(path)) {
              Field absent = reader == null ? null : reader.getField(path);
              if (absent != null && absent.hasDefaultValue()) {
                steps.addFirst(AvroDefaults.of(absent, use));
              } else {
                problems.add(missing(writer, path));
              }
            }
          });
      for (InputMapping input : mapping.inputs()) {
        if (input instanceof InputMapping.SparseFields sparse && sparse.fields().isEmpty()) {
          problems.add(
              "input "
                  + input.name()
                  + " names no fields, which only canonical samples do without");
        }
      }
      return problems.isEmpty()
          ? new AvroPlan(AvroStep.all(steps.toArray(AvroStep[]::new)), Optional.empty())
          : misfit(writer, String.join("; ", problems));
    }

    private AvroStep record(Schema writer, @Nullable Schema reader, String prefix) {
      return AvroStep.all(
          writer.getFields().stream()
              .map(field -> field(field, reader, prefix))
              .toArray(AvroStep[]::new));
    }

    private AvroStep field(Field field, @Nullable Schema reader, String prefix) {
      Field read = reader == null ? field : matching(field, reader);
      if (read == null) {
        return skips.of(field.schema());
      }
      String path = prefix + read.name();
      FieldTable.Use use = uses.get(path);
      if (use != null) {
        found.add(path);
        return use(field.schema(), path, use);
      }
      return uses.keySet().stream().anyMatch(used -> used.startsWith(path + "."))
          ? nested(field.schema(), reader == null ? null : recordIn(read.schema()), path + ".")
          : skips.of(field.schema());
    }

    private AvroStep nested(Schema schema, @Nullable Schema reader, String prefix) {
      return switch (schema.getType()) {
        case RECORD -> record(schema, reader, prefix);
        case UNION ->
            AvroStep.union(
                schema.getTypes().stream()
                    .map(branch -> nested(branch, reader, prefix))
                    .toArray(AvroStep[]::new));
        default -> skips.of(schema);
      };
    }

    private AvroStep use(Schema schema, String path, FieldTable.Use use) {
      var steps = new ArrayList<AvroStep>();
      use.slots().forEach(slot -> steps.add(value(schema, path, slot, false)));
      use.vectors().forEach(input -> steps.add(value(schema, path, input, true)));
      return AvroStep.each(steps.toArray(AvroStep[]::new));
    }

    private AvroStep value(Schema schema, String path, int target, boolean vector) {
      if (schema.getType() == Schema.Type.UNION) {
        return AvroStep.union(
            schema.getTypes().stream()
                .map(branch -> value(branch, path, target, vector))
                .toArray(AvroStep[]::new));
      }
      AvroStep step = vector ? AvroVectors.of(schema, target) : AvroScalars.of(schema, target);
      if (step == null) {
        problems.add(
            "field "
                + path
                + " is of type "
                + schema.getType().getName()
                + ", which makes no "
                + (vector ? "vector" : "single value"));
        return skips.of(schema);
      }
      return step;
    }

    private static String missing(Schema writer, String path) {
      List<String> known = writer.getFields().stream().map(Field::name).toList();
      return "schema "
          + writer.getFullName()
          + " has no field "
          + path
          + ". "
          + Suggestion.nearest(path, known);
    }

    private static @Nullable Field matching(Field writer, Schema reader) {
      Field same = reader.getField(writer.name());
      if (same != null) {
        return same;
      }
      return reader.getFields().stream()
          .filter(field -> field.aliases().contains(writer.name()))
          .findFirst()
          .orElse(null);
    }

    private static @Nullable Schema recordIn(Schema schema) {
      return switch (schema.getType()) {
        case RECORD -> schema;
        case UNION ->
            schema.getTypes().stream()
                .filter(branch -> branch.getType() == Schema.Type.RECORD)
                .findFirst()
                .orElse(null);
        default -> null;
      };
    }
  }
}
