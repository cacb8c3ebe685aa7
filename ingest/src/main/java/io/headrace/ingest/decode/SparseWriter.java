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
  private static final byte[] NOTHING = {};
  private static final double EXACT_LONGS = 1L << 53;

  private final InputMapping.SparseFields mapping;
  private final int mask;
  private final int[] slots;
  private final int[] seeds;
  private final double[] scales;
  private final boolean[] categorical;
  private final boolean[] logs;
  private final @Nullable Buckets[] buckets;
  private final Missing[] missing;
  private final int[] dateSlots;
  private final int[][] crosses;
  private final boolean[] present;
  private final boolean[] waits;
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
    logs = new boolean[slots.length];
    buckets = new Buckets[slots.length];
    missing = new Missing[slots.length];
    FieldRules rules = mapping.rules();
    for (int i = 0; i < slots.length; i++) {
      scales[i] = mapping.scale().getOrDefault(fields.get(i), 1.0);
      categorical[i] = mapping.categorical().contains(fields.get(i));
      logs[i] = rules.log().contains(fields.get(i));
      buckets[i] = rules.bucket().get(fields.get(i));
      missing[i] = rules.missing().getOrDefault(fields.get(i), Missing.SKIPPED);
    }
    crosses =
        mapping.cross().stream()
            .map(group -> group.stream().mapToInt(names::indexOf).toArray())
            .toArray(int[][]::new);
    present = new boolean[count];
    waits = new boolean[count];
    hashes = new int[count];
    pairValues = new float[count];
  }

  /** Writes the row's pairs; returns what is wrong with them, or null. */
  @Nullable Fault write(FieldValues values, SparseColumn to) {
    for (int i = 0; i < slots.length; i++) {
      waits[i] = false;
      present[i] = values.kind(slots[i]) != FieldValues.Kind.ABSENT;
      Fault wrong = present[i] ? writeField(i, values, to) : writeMissing(i, values, to);
      if (wrong != null) {
        return wrong;
      }
    }
    for (int i = 0; i < dateSlots.length; i++) {
      Fault wrong = writeDate(i, values, to);
      if (wrong != null) {
        return wrong;
      }
    }
    for (int i = 0; i < crosses.length; i++) {
      if (!cross(crosses[i], present.length + i, to)) {
        return new Fault(
            RejectionReason.NOT_A_NUMBER,
            mapping.name() + ": the product of " + mapping.cross().get(i) + " is no finite float");
      }
    }
    return null;
  }

  private @Nullable Fault writeField(int i, FieldValues values, SparseColumn to) {
    int slot = slots[i];
    if (!categorical[i] && (logs[i] || buckets[i] != null || values.isNumber(slot))) {
      return writeNumber(i, values.number(slot), values, to);
    }
    add(i, categoryHash(values, slot, seeds[i]), 1, to);
    return null;
  }

  private @Nullable Fault writeNumber(int i, double number, FieldValues values, SparseColumn to) {
    Buckets cut = buckets[i];
    if (cut instanceof Buckets.Quantiles learned && Float.isFinite((float) number)) {
      writeLearned(i, learned, number, to);
      return null;
    }
    if (cut != null && Double.isFinite(number) && !(cut instanceof Buckets.Quantiles)) {
      add(i, hash(cut.of(number), seeds[i]), 1, to);
      return null;
    }
    float value = (float) ((logs[i] ? FieldRules.logarithm(number) : number) * scales[i]);
    if (!Float.isFinite(value) || cut != null) {
      return notFinite(i, values);
    }
    add(i, seeds[i], value, to);
    return null;
  }

  /** What has no bucket yet waits for one, or, of a row that is only scored, is left out. */
  private void writeLearned(int i, Buckets.Quantiles cut, double number, SparseColumn to) {
    long bucket = cut.of(number);
    if (bucket != Buckets.NOT_YET) {
      add(i, hash(bucket, seeds[i]), 1, to);
    } else if (cut.waits()) {
      pairValues[i] = 1;
      waits[i] = true;
      to.addWaiting(i, (float) number, i);
    } else {
      present[i] = false;
    }
  }

  private @Nullable Fault writeMissing(int i, FieldValues values, SparseColumn to) {
    present[i] = missing[i].rule() != Missing.Rule.SKIP;
    switch (missing[i].rule()) {
      case SKIP -> {}
      case INDICATOR -> add(i, hash(NOTHING, seeds[i]), 1, to);
      case VALUE -> {
        double number = missing[i].value();
        if (!categorical[i]) {
          return writeNumber(i, number, values, to);
        }
        add(i, hash(number, seeds[i]), 1, to);
      }
      case REJECT -> {
        return new Fault(
            RejectionReason.MISSING_FIELD,
            "%s: %s is missing, which missing says to reject"
                .formatted(mapping.name(), mapping.fields().get(i)));
      }
    }
    return null;
  }

  private void add(int name, int hash, float value, SparseColumn to) {
    hashes[name] = hash;
    pairValues[name] = value;
    to.add(hash & mask, value, name);
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
    add(name, hash(date.part().in(time), seeds[name]), 1, to);
    return null;
  }

  private boolean cross(int[] members, int field, SparseColumn to) {
    int hash = 0;
    float value = 1;
    boolean waiting = false;
    for (int member : members) {
      if (!present[member]) {
        return true;
      }
      hash = Murmur3.cross(hash, hashes[member]);
      value *= pairValues[member];
      waiting |= waits[member];
    }
    if (waiting) {
      addProduct(members, value, field, to);
    } else {
      to.add(hash & mask, value, field);
    }
    return Float.isFinite(value);
  }

  private void addProduct(int[] members, float value, int field, SparseColumn to) {
    to.addProduct(members.length, value, field);
    for (int member : members) {
      if (waits[member]) {
        to.addWaitingPart(member);
      } else {
        to.addPart(hashes[member] & mask);
      }
    }
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
