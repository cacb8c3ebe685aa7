package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a row's fields to the pairs of one sparse input, as {@link InputMapping.SparseFields}
 * says. Not thread-safe.
 */
final class SparseWriter {
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final double EXACT_LONGS = 1L << 53;

  private final InputMapping.SparseFields mapping;
  private final int mask;
  private final int[] slots;
  private final int[] seeds;
  private final double[] scales;
  private final boolean[] categorical;
  private final int[] dateSlots;
  private final int[][] crosses;
  private final boolean[] present;
  private final int[] hashes;
  private final float[] pairValues;
  private final byte[] digits = new byte[NumberText.MAX_LONG_BYTES];

  SparseWriter(InputMapping.SparseFields mapping, FieldTable table) {
    this.mapping = mapping;
    List<String> fields = mapping.fields();
    List<String> names = mapping.names();
    int count = names.size();
    mask = (int) ((1L << mapping.bits()) - 1);
    slots = fields.stream().mapToInt(table::featureSlot).toArray();
    dateSlots = mapping.dates().stream().mapToInt(date -> table.timeSlot(date.field())).toArray();
    seeds = names.stream().mapToInt(Murmur3::hash).toArray();
    scales = new double[slots.length];
    categorical = new boolean[slots.length];
    for (int i = 0; i < slots.length; i++) {
      scales[i] = mapping.scale().getOrDefault(fields.get(i), 1.0);
      categorical[i] = mapping.categorical().contains(fields.get(i));
    }
    crosses =
        mapping.cross().stream()
            .map(group -> group.stream().mapToInt(names::indexOf).toArray())
            .toArray(int[][]::new);
    present = new boolean[count];
    hashes = new int[count];
    pairValues = new float[count];
  }

  /** Writes the row's pairs; returns what is wrong with them, or null. */
  @Nullable Fault write(FieldValues values, SparseColumn to) {
    for (int i = 0; i < slots.length; i++) {
      int slot = slots[i];
      present[i] = values.kind(slot) != FieldValues.Kind.ABSENT;
      if (!present[i]) {
        continue;
      }
      if (!categorical[i] && values.isNumber(slot)) {
        float value = (float) (values.number(slot) * scales[i]);
        if (!Float.isFinite(value)) {
          return notFinite(i, values);
        }
        hashes[i] = seeds[i];
        pairValues[i] = value;
      } else {
        hashes[i] = categoryHash(values, slot, seeds[i]);
        pairValues[i] = 1;
      }
      to.add(hashes[i] & mask, pairValues[i]);
    }
    for (int i = 0; i < dateSlots.length; i++) {
      Fault wrong = writeDate(i, values, to);
      if (wrong != null) {
        return wrong;
      }
    }
    for (int i = 0; i < crosses.length; i++) {
      if (!cross(crosses[i], to)) {
        return new Fault(
            RejectionReason.NOT_A_NUMBER,
            mapping.name() + ": the product of " + mapping.cross().get(i) + " is no finite float");
      }
    }
    return null;
  }

  private @Nullable Fault writeDate(int index, FieldValues values, SparseColumn to) {
    int slot = dateSlots[index];
    int name = slots.length + index;
    present[name] = values.kind(slot) != FieldValues.Kind.ABSENT;
    if (!present[name]) {
      return null;
    }
    InputMapping.SparseFields.Date date = mapping.dates().get(index);
    long time = values.time(slot);
    if (time == EventTimeText.NONE) {
      return new Fault(
          RejectionReason.NOT_A_NUMBER,
          "%s: %s is %s, no time: neither milliseconds nor ISO 8601"
              .formatted(mapping.name(), date.field(), values.show(slot)));
    }
    hashes[name] = hash(date.part().in(time), seeds[name]);
    pairValues[name] = 1;
    to.add(hashes[name] & mask, 1);
    return null;
  }

  private boolean cross(int[] members, SparseColumn to) {
    int hash = 0;
    float value = 1;
    for (int member : members) {
      if (!present[member]) {
        return true;
      }
      hash = Murmur3.cross(hash, hashes[member]);
      value *= pairValues[member];
    }
    to.add(hash & mask, value);
    return Float.isFinite(value);
  }

  private int categoryHash(FieldValues values, int slot, int seed) {
    return switch (values.kind(slot)) {
      case TEXT, SYMBOL, UNTYPED ->
          Murmur3.hash(values.bytes(slot), values.offset(slot), values.length(slot), seed);
      case INTEGER -> hash(values.integer(slot), seed);
      case REAL -> hash(values.number(slot), seed);
      case FLAG -> hash(values.integer(slot) == 1 ? TRUE : FALSE, seed);
      case ABSENT -> throw new IllegalStateException("absent fields have no category");
    };
  }

  private int hash(long number, int seed) {
    int from = NumberText.write(number, digits);
    return Murmur3.hash(digits, from, digits.length - from, seed);
  }

  private int hash(double number, int seed) {
    if (number == Math.rint(number) && Math.abs(number) < EXACT_LONGS) {
      return hash((long) number, seed);
    }
    return hash(Double.toString(number).getBytes(StandardCharsets.US_ASCII), seed);
  }

  private static int hash(byte[] bytes, int seed) {
    return Murmur3.hash(bytes, 0, bytes.length, seed);
  }

  private Fault notFinite(int index, FieldValues values) {
    String field = mapping.fields().get(index);
    String scaled = scales[index] == 1 ? "" : ", scaled by " + scales[index] + ",";
    return new Fault(
        RejectionReason.NOT_A_NUMBER,
        mapping.name()
            + ": "
            + field
            + " is "
            + values.show(slots[index])
            + scaled
            + " and no finite 32-bit float");
  }
}
