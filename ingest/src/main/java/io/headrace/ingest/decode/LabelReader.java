package io.headrace.ingest.decode;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a label of what the label field holds. Not thread-safe. */
final class LabelReader {
  private final String field;
  private final List<String> classes;
  private final byte[][] names;
  private final boolean numbersAreNames;
  private final int otherwise;
  private final double[] thresholds;
  private final boolean counts;
  private final byte[] digits = new byte[NumberText.MAX_LONG_BYTES];
  private float label;

  LabelReader(LabelMapping mapping) {
    field = mapping.field();
    classes =
        switch (mapping.spec()) {
          case LabelSpec.Classes some -> some.names();
          case LabelSpec.Numeric _, LabelSpec.Count _ -> List.of();
        };
    thresholds = mapping.thresholds().stream().mapToDouble(Double::doubleValue).toArray();
    counts = mapping.spec() instanceof LabelSpec.Count;
    names =
        classes.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    otherwise = mapping.otherwise().map(classes::indexOf).orElse(-1);
    numbersAreNames = otherwise >= 0 || classes.stream().allMatch(name -> name.matches("-?\\d+"));
  }

  /** The label last read without a fault. */
  float label() {
    return label;
  }

  /** Reads the label from its slot; returns what is wrong with it, or null. */
  @Nullable Fault read(FieldValues values, int slot) {
    if (field.isEmpty()) {
      label = 0;
      return null;
    }
    if (values.kind(slot) == FieldValues.Kind.ABSENT) {
      return new Fault(RejectionReason.MISSING_FIELD, "label " + field + " is missing");
    }
    if (thresholds.length > 0 && values.isNumber(slot)) {
      return readRange(values, slot);
    }
    return classes.isEmpty() ? readNumber(values, slot) : readClass(values, slot);
  }

  private @Nullable Fault readRange(FieldValues values, int slot) {
    double number = values.number(slot);
    if (Double.isNaN(number)) {
      return new Fault(
          RejectionReason.NOT_A_NUMBER,
          "label " + field + " is " + values.show(slot) + ", in no range of numbers");
    }
    int index = 0;
    while (index < thresholds.length && number >= thresholds[index]) {
      index++;
    }
    label = index;
    return null;
  }

  private @Nullable Fault readNumber(FieldValues values, int slot) {
    label = (float) values.number(slot);
    if (!Float.isFinite(label)) {
      return new Fault(
          RejectionReason.NOT_A_NUMBER,
          "label " + field + " is " + values.show(slot) + ", not a finite number");
    }
    if (counts && label < 0) {
      return new Fault(
          RejectionReason.LABEL_OUT_OF_RANGE,
          "label " + field + " is " + values.show(slot) + ", but a count is at least 0");
    }
    return null;
  }

  private @Nullable Fault readClass(FieldValues values, int slot) {
    int index =
        switch (values.kind(slot)) {
          case INTEGER -> ofNumber(values.integer(slot));
          case REAL -> ofReal(values.number(slot));
          case FLAG -> ofFlag(values.integer(slot) == 1);
          case SYMBOL -> ofName(values.bytes(slot), values.offset(slot), values.length(slot));
          case TEXT, UNTYPED -> ofText(values, slot);
          case ABSENT -> -1;
        };
    if (index >= 0 || otherwise >= 0) {
      label = index >= 0 ? index : otherwise;
      return null;
    }
    RejectionReason reason =
        values.kind(slot) == FieldValues.Kind.REAL && Double.isNaN(values.number(slot))
            ? RejectionReason.NOT_A_NUMBER
            : RejectionReason.LABEL_OUT_OF_RANGE;
    return new Fault(
        reason,
        "label "
            + field
            + " is "
            + values.show(slot)
            + ", none of the "
            + classes.size()
            + " classes: "
            + String.join(", ", classes));
  }

  private int ofText(FieldValues values, int slot) {
    byte[] bytes = values.bytes(slot);
    int offset = values.offset(slot);
    int length = values.length(slot);
    int index = ofName(bytes, offset, length);
    if (index >= 0 || numbersAreNames) {
      return index;
    }
    if (is("false", bytes, offset, length) || is("true", bytes, offset, length)) {
      return ofFlag(length == 4);
    }
    return ofReal(NumberText.parse(bytes, offset, length));
  }

  private int ofReal(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1L << 53
        ? ofNumber((long) number)
        : -1;
  }

  private int ofNumber(long number) {
    if (numbersAreNames) {
      int from = NumberText.write(number, digits);
      return ofName(digits, from, digits.length - from);
    }
    return number >= 0 && number < names.length ? (int) number : -1;
  }

  private int ofFlag(boolean flag) {
    int named = classes.indexOf(flag ? "true" : "false");
    if (named >= 0) {
      return named;
    }
    return names.length == 2 && otherwise < 0 ? (flag ? 1 : 0) : -1;
  }

  private int ofName(byte[] bytes, int offset, int length) {
    for (int i = 0; i < names.length; i++) {
      if (Arrays.equals(names[i], 0, names[i].length, bytes, offset, offset + length)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean is(String word, byte[] bytes, int offset, int length) {
    if (length != word.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[offset + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
