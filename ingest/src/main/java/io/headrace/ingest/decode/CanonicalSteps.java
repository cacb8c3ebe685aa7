package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Compiles plans for canonical samples, {@code io.headrace.schemas.Sample}, whose inputs are known
 * by their names in the job. Fields and kinds of inputs that another version added are read over.
 */
final class CanonicalSteps {
  static final String FULL_NAME = "io.headrace.schemas.Sample";

  private final SampleMapping mapping;
  private final AvroSkips skips = new AvroSkips();

  private CanonicalSteps(SampleMapping mapping) {
    this.mapping = mapping;
  }

  static AvroPlan compile(Schema writer, SampleMapping mapping) {
    Field inputs = writer.getField("inputs");
    if (inputs == null || inputs.schema().getType() != Schema.Type.MAP) {
      return AvroPlan.misfit(writer, "schema " + FULL_NAME + " has no map of inputs");
    }
    var steps = new CanonicalSteps(mapping);
    AvroStep general =
        AvroStep.all(writer.getFields().stream().map(steps::field).toArray(AvroStep[]::new));
    return new AvroPlan(ConvertedSamples.before(general, writer, mapping), Optional.empty());
  }

  private AvroStep field(Field field) {
    return switch (field.name()) {
      case "label" -> scalar(field.schema(), FieldTable.LABEL);
      case "weight" -> scalar(field.schema(), FieldTable.WEIGHT);
      case "eventTime" -> scalar(field.schema(), FieldTable.EVENT_TIME);
      case "inputs" -> inputs(field.schema().getValueType());
      default -> skips.of(field.schema());
    };
  }

  private AvroStep scalar(Schema schema, int slot) {
    if (schema.getType() == Schema.Type.UNION) {
      return AvroStep.union(
          schema.getTypes().stream().map(s -> scalar(s, slot)).toArray(AvroStep[]::new));
    }
    AvroStep step = AvroScalars.of(schema, schema, slot, slot == FieldTable.EVENT_TIME);
    return step == null ? skips.of(schema) : step;
  }

  private AvroStep inputs(Schema value) {
    int count = mapping.inputs().size();
    byte[][] names = new byte[count][];
    AvroStep[] readers = new AvroStep[count];
    for (int i = 0; i < count; i++) {
      names[i] = mapping.inputs().get(i).name().getBytes(StandardCharsets.UTF_8);
      readers[i] = value(value, i);
    }
    AvroStep skip = skips.of(value);
    int least = 1 + AvroSkips.minBytes(value);
    return (in, row) -> {
      for (long n = in.readBlockCount(least); n > 0; n = in.readBlockCount(least)) {
        for (long i = 0; i < n; i++) {
          int input = readName(in, names);
          (input < 0 ? skip : readers[input]).run(in, row);
        }
      }
    };
  }

  /** Which of {@code names} follows; negative if it is none. */
  static int readName(AvroInput in, byte[][] names) throws MalformedRecordException {
    int length = in.readLength();
    int at = in.position();
    in.skip(length);
    for (int i = 0; i < names.length; i++) {
      if (Arrays.equals(names[i], 0, names[i].length, in.bytes(), at, at + length)) {
        return i;
      }
    }
    return -1;
  }

  private AvroStep value(Schema schema, int input) {
    if (schema.getType() == Schema.Type.UNION) {
      return AvroStep.union(
          schema.getTypes().stream().map(s -> value(s, input)).toArray(AvroStep[]::new));
    }
    return switch (mapping.inputs().get(input)) {
      case InputMapping.SparseFields sparse -> sparse(schema, input, sparse);
      case InputMapping.Tokens tokens -> text(schema, input);
      default -> dense(schema, input);
    };
  }

  private AvroStep text(Schema schema, int input) {
    if (schema.getType() != Schema.Type.STRING) {
      return unfit(schema, input, "tokens");
    }
    return (in, row) -> {
      int length = in.readLength();
      row.text(input, in.bytes(), in.position(), length);
      in.skip(length);
    };
  }

  private AvroStep dense(Schema schema, int input) {
    if (schema.getType() == Schema.Type.RECORD && schema.getName().equals("Image")) {
      return AvroStep.all(
          schema.getFields().stream()
              .map(field -> isPixels(field) ? pixels(input) : skips.of(field.schema()))
              .toArray(AvroStep[]::new));
    }
    AvroStep step = AvroVectors.of(schema, schema, input);
    return step == null ? unfit(schema, input, "dense") : step;
  }

  private static boolean isPixels(Field field) {
    return field.name().equals("pixels") && field.schema().getType() == Schema.Type.BYTES;
  }

  private static AvroStep pixels(int input) {
    return (in, row) -> {
      int length = in.readLength();
      row.vector(input).start();
      row.vector(input).addPixels(in.bytes(), in.position(), length);
      in.skip(length);
    };
  }

  private AvroStep sparse(Schema schema, int input, InputMapping.SparseFields sparse) {
    if (schema.getType() == Schema.Type.BYTES) {
      return pairs(input, sparse, (in, row) -> packed(in, row, sparse.name()));
    }
    boolean pairs =
        schema.getType() == Schema.Type.RECORD
            && List.of("SparseIds", "SparseNames").contains(schema.getName());
    if (!pairs) {
      return unfit(schema, input, "sparse");
    }
    AvroStep lists =
        AvroStep.all(schema.getFields().stream().map(this::list).toArray(AvroStep[]::new));
    return pairs(input, sparse, lists);
  }

  /** The step for what {@code read} puts among the row's pairs. */
  private static AvroStep pairs(int input, InputMapping.SparseFields sparse, AvroStep read) {
    int mask = (int) ((1L << sparse.bits()) - 1);
    return (in, row) -> {
      row.pairs().clear();
      read.run(in, row);
      Fault wrong = row.pairs().writeTo(row.sparse(input), sparse, mask);
      if (wrong != null) {
        row.fault(wrong.reason(), wrong.detail());
      }
    };
  }

  private static void packed(AvroInput in, SampleRow row, String input)
      throws MalformedRecordException {
    int length = in.readLength();
    if (length % PairBuffer.PACKED_BYTES == 0) {
      row.pairs().addPacked(in, length / PairBuffer.PACKED_BYTES);
      return;
    }
    in.skip(length);
    row.fault(
        RejectionReason.WRONG_LENGTH,
        "input %s has %d bytes, which are no pairs: each has %d"
            .formatted(input, length, PairBuffer.PACKED_BYTES));
  }

  private AvroStep list(Field field) {
    Schema schema = field.schema();
    if (schema.getType() != Schema.Type.ARRAY) {
      return skips.of(schema);
    }
    return switch (field.name() + " " + schema.getElementType().getName()) {
      case "ids int" -> blocks(schema, (in, row, count) -> row.pairs().addIds(in, count));
      case "fields int" -> blocks(schema, (in, row, count) -> row.pairs().addFields(in, count));
      case "ids long" -> items(schema, (in, row) -> row.pairs().addId((int) in.readLong()));
      case "names string" -> items(schema, CanonicalSteps::hashName);
      case "values float" -> blocks(schema, (in, row, count) -> row.pairs().addValues(in, count));
      default -> skips.of(schema);
    };
  }

  private static void hashName(AvroInput in, SampleRow row) throws MalformedRecordException {
    int length = in.readLength();
    row.pairs().addId(Murmur3.hash(in.bytes(), in.position(), length, 0));
    in.skip(length);
  }

  private static AvroStep items(Schema array, AvroStep item) {
    int least = AvroSkips.minBytes(array.getElementType());
    return (in, row) -> {
      for (long n = in.readBlockCount(least); n > 0; n = in.readBlockCount(least)) {
        for (long i = 0; i < n; i++) {
          item.run(in, row);
        }
      }
    };
  }

  /** Reads the items of an array's block together. */
  @FunctionalInterface
  private interface BlockReader {
    void read(AvroInput in, SampleRow row, int count) throws MalformedRecordException;
  }

  private static AvroStep blocks(Schema array, BlockReader block) {
    int least = AvroSkips.minBytes(array.getElementType());
    return (in, row) -> {
      for (long n = in.readBlockCount(least); n > 0; n = in.readBlockCount(least)) {
        block.read(in, row, (int) n);
      }
    };
  }

  private AvroStep unfit(Schema schema, int input, String wanted) {
    String problem =
        "input "
            + mapping.inputs().get(input).name()
            + " comes as "
            + schema.getName()
            + ", which makes no "
            + wanted
            + " input";
    return skips.faulting(schema, problem);
  }
}
