package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a row's fields together to the vector of one dense input, as {@link
 * InputMapping.DenseFields} says. Immutable.
 */
final class DenseWriter {
  private final InputMapping.DenseFields mapping;
  private final int[] slots;
  private final boolean[] logs;
  private final Missing[] missing;
  private final int[] indicated;

  DenseWriter(InputMapping.DenseFields mapping, FieldTable table) {
    this.mapping = mapping;
    List<String> fields = mapping.fields();
    FieldRules rules = mapping.rules();
    slots = fields.stream().mapToInt(table::featureSlot).toArray();
    logs = new boolean[slots.length];
    missing = new Missing[slots.length];
    for (int i = 0; i < slots.length; i++) {
      logs[i] = rules.log().contains(fields.get(i));
      missing[i] = rules.missing().getOrDefault(fields.get(i), Missing.REJECTED);
    }
    indicated =
        IntStream.range(0, slots.length)
            .filter(i -> missing[i].rule() == Missing.Rule.INDICATOR)
            .toArray();
  }

  /** Writes the row's floats; returns what is wrong with them, or null. */
  @Nullable Fault write(FieldValues values, VectorWriter to) {
    to.start();
    for (int i = 0; i < slots.length; i++) {
      boolean filled = isMissing(i, values) && missing[i].rule() != Missing.Rule.REJECT;
      double number = filled ? missing[i].value() : values.number(slots[i]);
      float value = (float) (logs[i] ? FieldRules.logarithm(number) : number);
      if (!Float.isFinite(value)) {
        return fault(i, values);
      }
      to.add(value);
    }
    for (int i : indicated) {
      to.add(isMissing(i, values) ? 1 : 0);
    }
    return null;
  }

  private boolean isMissing(int i, FieldValues values) {
    return values.kind(slots[i]) == FieldValues.Kind.ABSENT;
  }

  private Fault fault(int i, FieldValues values) {
    String where = mapping.name() + ": " + mapping.fields().get(i);
    return isMissing(i, values)
        ? new Fault(RejectionReason.MISSING_FIELD, where + " is missing")
        : new Fault(
            RejectionReason.NOT_A_NUMBER,
            where + " is " + values.show(slots[i]) + ", no finite 32-bit float");
  }
}
