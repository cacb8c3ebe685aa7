package io.headrace.ingest.decode;

import io.headrace.ingest.RejectionReason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.Resolver;
import org.apache.avro.Resolver.Action;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the step that reads one field's values, written in one schema and taken in another, into
 * a slot or a vector. Which types go into which is told by Avro's own {@link Resolver}. Not
 * thread-safe; the steps are.
 */
final class AvroValues {
  /** What values are taken as. */
  enum Target {
    VALUE,
    TIME,
    VECTOR
  }

  private final String path;
  private final int target;
  private final Target kind;
  private final AvroSkips skips;
  private final List<String> problems;

  /**
   * @param path name of the field
   * @param target a slot of {@link FieldValues} or, of vectors, the index of an input
   * @param problems to add to, if no value of the field can be used
   */
  AvroValues(String path, int target, Target kind, AvroSkips skips, List<String> problems) {
    this.path = path;
    this.target = target;
    this.kind = kind;
    this.skips = skips;
    this.problems = problems;
  }

  /**
   * The step for values of {@code writer}, taken as {@code reader}; as they are if that is null.
   *
   * @param branch whether records may fit even if these values do not
   */
  AvroStep of(Schema writer, @Nullable Schema reader, boolean branch) {
    return reader == null || reader.equals(writer)
        ? asWritten(writer)
        : resolved(Resolver.resolve(Schema.applyAliases(writer, reader), reader), branch);
  }

  private AvroStep asWritten(Schema schema) {
    return schema.getType() == Schema.Type.UNION
        ? AvroStep.union(schema.getTypes().stream().map(this::asWritten).toArray(AvroStep[]::new))
        : single(schema, schema);
  }

  private AvroStep resolved(Action action, boolean branch) {
    return switch (action) {
      case Resolver.WriterUnion union ->
          AvroStep.union(
              Arrays.stream(union.actions)
                  .map(each -> resolved(each, true))
                  .toArray(AvroStep[]::new));
      case Resolver.ReaderUnion union -> resolved(union.actualAction, branch);
      case Resolver.EnumAdjust symbols when kind != Target.VECTOR -> symbols(symbols);
      case Resolver.ErrorAction error -> unfit(error, branch);
      case Resolver.Container items
          when items.elementAction instanceof Resolver.ErrorAction error ->
          unfit(error, branch, items.writer);
      default -> single(action.writer, action.reader);
    };
  }

  private AvroStep single(Schema writer, Schema reader) {
    AvroStep step =
        kind == Target.VECTOR
            ? AvroVectors.of(writer, reader, target)
            : AvroScalars.of(writer, reader, target, kind == Target.TIME);
    if (step == null) {
      problems.add(
          "field "
              + path
              + " is of type "
              + reader.getType().getName()
              + ", which makes no "
              + (kind == Target.VECTOR ? "vector" : "single value"));
      return skips.of(writer);
    }
    return step;
  }

  /** Symbols that the reader does not know are its default, or no value if it has none. */
  private AvroStep symbols(Resolver.EnumAdjust adjust) {
    List<String> written = adjust.writer.getEnumSymbols();
    List<String> read = adjust.reader.getEnumSymbols();
    byte[][] bytes = AvroScalars.symbols(adjust.reader);
    int[] indices = adjust.adjustments.clone();
    return (in, row) -> {
      int symbol = in.readIndex(written.size());
      int index = indices[symbol];
      if (index < 0) {
        row.fault(
            RejectionReason.WRONG_SCHEMA,
            "field %s is %s, none of the symbols of the reader's schema, which names no default: %s"
                .formatted(path, written.get(symbol), String.join(", ", read)));
      } else {
        row.values().symbol(target, bytes[index], index);
      }
    };
  }

  private AvroStep unfit(Resolver.ErrorAction error, boolean branch) {
    return unfit(error, branch, error.writer);
  }

  private AvroStep unfit(Resolver.ErrorAction error, boolean branch, Schema writer) {
    String problem =
        "field %s was written as %s, which cannot be read as the %s of the reader's schema"
            .formatted(path, words(error.writer), words(error.reader));
    if (!branch) {
      problems.add(problem);
    }
    return skips.faulting(writer, problem);
  }

  /** A schema's type for a person to read. */
  static String words(Schema schema) {
    return switch (schema.getType()) {
      case UNION ->
          schema.getTypes().stream().map(AvroValues::words).collect(Collectors.joining(" or "));
      case FIXED -> schema.getFullName() + " of " + schema.getFixedSize() + " bytes";
      default -> schema.getFullName();
    };
  }
}
