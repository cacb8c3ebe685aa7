package io.headrace.ingest.decode;

import io.headrace.engine.config.Suggestion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the plan of one writer's schema, resolved against the reader's if there is one: fields
 * are matched by name, else by the reader's aliases; those that the writer lacks are the reader's
 * defaults; their values go as {@link AvroValues} says. Only fields in use are resolved, so a
 * schema may change in any way elsewhere. Not thread-safe.
 */
final class AvroCompiler {
  private final FieldTable table;
  private final Map<String, FieldTable.Use> uses;
  private final AvroSkips skips = new AvroSkips();
  private final Set<String> found = new HashSet<>();
  private final Set<String> lacking = new HashSet<>();
  private final List<String> problems = new ArrayList<>();
  private boolean branch;

  AvroCompiler(FieldTable table) {
    this.table = table;
    uses = table.uses();
  }

  AvroPlan compile(Schema writer, @Nullable Schema reader, SampleMapping mapping) {
    AvroStep step = record(writer, reader, "");
    for (String path : uses.keySet()) {
      if (!found.contains(path)) {
        problems.add(missing(path, writer, reader));
      }
    }
    for (InputMapping input : mapping.inputs()) {
      if (input instanceof InputMapping.SparseFields sparse && sparse.names().isEmpty()) {
        problems.add(
            "input " + input.name() + " names no fields, which only canonical samples do without");
      }
    }
    return problems.isEmpty()
        ? new AvroPlan(step, Optional.empty())
        : AvroPlan.misfit(writer, String.join("; ", problems));
  }

  private AvroStep record(Schema writer, @Nullable Schema reader, String prefix) {
    var steps = new ArrayList<AvroStep>();
    if (reader == null) {
      writer.getFields().forEach(field -> steps.add(field(field.schema(), field, null, prefix)));
      return AvroStep.all(steps.toArray(AvroStep[]::new));
    }
    var writtenAs = new IdentityHashMap<Field, Field>();
    for (Field field : reader.getFields()) {
      Field written = written(field, writer);
      if (written != null) {
        writtenAs.put(written, field);
      } else if (!usedBelow(prefix + field.name()).isEmpty()) {
        steps.add(absent(field, prefix));
      }
    }
    for (Field field : writer.getFields()) {
      Field read = writtenAs.get(field);
      steps.add(
          read == null
              ? skips.of(field.schema())
              : field(field.schema(), read, read.schema(), prefix));
    }
    return AvroStep.all(steps.toArray(AvroStep[]::new));
  }

  /** The field of the writer's that is the reader's {@code field}; null if there is none. */
  private static @Nullable Field written(Field field, Schema writer) {
    Field same = writer.getField(field.name());
    if (same != null) {
      return same;
    }
    return writer.getFields().stream()
        .filter(other -> field.aliases().contains(other.name()))
        .findFirst()
        .orElse(null);
  }

  /** The fields in use that are {@code path} or lie below it. */
  private List<String> usedBelow(String path) {
    return uses.keySet().stream()
        .filter(used -> used.equals(path) || used.startsWith(path + "."))
        .toList();
  }

  /** The step for a field that the writer lacks. */
  private AvroStep absent(Field field, String prefix) {
    String path = prefix + field.name();
    if (field.hasDefaultValue()) {
      return AvroDefaults.of(field, field(field.schema(), field, field.schema(), prefix));
    }
    List<String> lost = usedBelow(path);
    lacking.addAll(lost);
    if (branch) {
      found.addAll(lost); // other branches may have them
    }
    return skips.faulting(
        Schema.create(Schema.Type.NULL),
        "field " + path + " is not in the writer's schema, and the reader's gives no default");
  }

  /**
   * @param named gives the field its name in the job
   */
  private AvroStep field(Schema writer, Field named, @Nullable Schema reader, String prefix) {
    String path = prefix + named.name();
    FieldTable.Use use = uses.get(path);
    if (use != null) {
      found.add(path);
      return use(writer, reader, path, use);
    }
    return usedBelow(path).isEmpty() ? skips.of(writer) : nested(writer, reader, path);
  }

  private AvroStep use(Schema writer, @Nullable Schema reader, String path, FieldTable.Use use) {
    var steps = new ArrayList<AvroStep>();
    for (int slot : use.slots()) {
      var kind = table.isTime(slot) ? AvroValues.Target.TIME : AvroValues.Target.VALUE;
      steps.add(new AvroValues(path, slot, kind, skips, problems).of(writer, reader, branch));
    }
    for (int input : use.vectors()) {
      var kind = AvroValues.Target.VECTOR;
      steps.add(new AvroValues(path, input, kind, skips, problems).of(writer, reader, branch));
    }
    return AvroStep.each(steps.toArray(AvroStep[]::new));
  }

  private AvroStep nested(Schema writer, @Nullable Schema reader, String path) {
    return switch (writer.getType()) {
      case RECORD -> {
        Schema fitting = reader == null ? null : recordLike(writer, reader);
        yield reader != null && fitting == null
            ? unfit(writer, reader, path)
            : record(writer, fitting, path + ".");
      }
      case UNION -> {
        boolean outer = branch;
        branch = true;
        AvroStep[] branches =
            writer.getTypes().stream()
                .map(type -> nested(type, reader, path))
                .toArray(AvroStep[]::new);
        branch = outer;
        yield AvroStep.union(branches);
      }
      default ->
          reader == null || takes(reader, writer.getType())
              ? skips.of(writer)
              : unfit(writer, reader, path);
    };
  }

  private AvroStep unfit(Schema writer, Schema reader, String path) {
    String problem =
        "field %s was written as %s, which cannot be read as the %s of the reader's schema"
            .formatted(path, AvroValues.words(writer), AvroValues.words(reader));
    found.addAll(usedBelow(path));
    if (!branch) {
      problems.add(problem);
    }
    return skips.faulting(writer, problem);
  }

  /** The record of {@code reader}, or of its branches, that takes records of {@code writer}. */
  private static @Nullable Schema recordLike(Schema writer, Schema reader) {
    if (reader.getType() == Schema.Type.RECORD) {
      return reader;
    }
    if (reader.getType() != Schema.Type.UNION) {
      return null;
    }
    List<Schema> records =
        reader.getTypes().stream().filter(type -> type.getType() == Schema.Type.RECORD).toList();
    return records.stream()
        .filter(type -> type.getName().equals(writer.getName()))
        .findFirst()
        .orElse(records.isEmpty() ? null : records.getFirst());
  }

  private static boolean takes(Schema reader, Schema.Type type) {
    return reader.getType() == Schema.Type.UNION
        ? reader.getTypes().stream().anyMatch(branch -> branch.getType() == type)
        : reader.getType() == type;
  }

  private String missing(String path, Schema writer, @Nullable Schema reader) {
    return reader == null || lacking.contains(path)
        ? missing(path, "schema", writer)
        : missing(path, "the reader's schema", reader);
  }

  private static String missing(String path, String what, Schema where) {
    List<String> known = where.getFields().stream().map(Field::name).toList();
    return "%s %s has no field %s. %s"
        .formatted(what, where.getFullName(), path, Suggestion.nearest(path, known));
  }
}
