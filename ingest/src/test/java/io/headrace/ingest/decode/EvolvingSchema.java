package io.headrace.ingest.decode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;

/**
 * Random records' schemas, what might become of them as their producers change, and records. There
 * is always a number {@code y}. Not thread-safe.
 */
final class EvolvingSchema {
  private static final List<String> TEXTS = List.of("", "JFK", "Zürich", "17", "2.5e3", "NaN no");
  private static final Schema TIME =
      LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Map<Schema.Type, List<Schema.Type>> WIDER =
      Map.of(
          Schema.Type.INT, List.of(Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE),
          Schema.Type.LONG, List.of(Schema.Type.FLOAT, Schema.Type.DOUBLE),
          Schema.Type.FLOAT, List.of(Schema.Type.DOUBLE),
          Schema.Type.STRING, List.of(Schema.Type.BYTES),
          Schema.Type.BYTES, List.of(Schema.Type.STRING));

  private final Random random;
  private int names;

  EvolvingSchema(Random random) {
    this.random = random;
  }

  Schema first() {
    var fields = new ArrayList<Field>();
    fields.add(new Field("y", Schema.create(Schema.Type.INT)));
    fields.add(new Field("t", TIME, null, chance(50) ? 1_700_000_000_000_001L : null));
    for (int i = 2 + random.nextInt(6); i > 0; i--) {
      fields.add(fresh(2));
    }
    return Schema.createRecord("Event", null, "made.by.chance", false, fields);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Field fresh(int depth) {
    String name = "f" + names++;
    Schema schema = type(name, depth);
    return field(name, schema, chance(75));
  }

  private Field field(String name, Schema schema, boolean withDefault) {
    return withDefault ? new Field(name, schema, null, defaultOf(schema)) : new Field(name, schema);
  }

  private Schema type(String name, int depth) {
    Schema number =
        Schema.create(
            one(List.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE)));
    return switch (random.nextInt(depth > 0 ? 10 : 8)) {
      case 0, 1 -> number;
      case 2 ->
          Schema.create(one(List.of(Schema.Type.STRING, Schema.Type.BYTES, Schema.Type.BOOLEAN)));
      case 3 -> symbols(name, List.of("RED", "GREEN", "BLUE"), chance(60));
      case 4 -> nullable(number);
      case 5 -> Schema.createUnion(number, Schema.create(Schema.Type.STRING));
      case 6 -> Schema.createArray(number);
      case 7 -> nullable(symbols(name, List.of("UP", "DOWN"), chance(60)));
      case 8 -> nested(name, depth);
      default -> nullable(nested(name, depth));
    };
  }

  private Schema nested(String name, int depth) {
    return Schema.createRecord(
        "R" + name, null, null, false, List.of(fresh(depth - 1), fresh(depth - 1)));
  }

  private static Schema symbols(String name, List<String> symbols, boolean withDefault) {
    return Schema.createEnum(
        "E" + name, null, null, symbols, withDefault ? symbols.getFirst() : null);
  }

  private static Schema nullable(Schema schema) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
  }

  /** What becomes of a record's schema: fields go, come, move, and have other names and types. */
  Schema next(Schema record) {
    var fields = new ArrayList<Field>();
    for (Field field : record.getFields()) {
      boolean kept = field.name().equals("y");
      if (!kept && chance(12)) {
        continue;
      }
      fields.add(next(field, kept));
    }
    if (chance(50)) {
      fields.add(fresh(1));
    }
    if (chance(60)) {
      Collections.shuffle(fields, random);
    }
    return Schema.createRecord(record.getName(), null, record.getNamespace(), false, fields);
  }

  private Field next(Field field, boolean kept) {
    Schema schema =
        field.name().equals("t") || chance(60) ? field.schema() : changed(field.schema());
    if (!kept && chance(15)) {
      Field renamed = field("n" + names++, schema, field.hasDefaultValue());
      renamed.addAlias(field.name());
      return renamed;
    }
    return field(field.name(), schema, field.hasDefaultValue());
  }

  private Schema changed(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> next(copy(schema));
      case ENUM -> {
        var symbols = new ArrayList<>(schema.getEnumSymbols());
        Collections.shuffle(symbols, random);
        if (chance(50)) {
          symbols.removeLast();
        }
        symbols.add("S" + names++);
        yield symbols(schema.getName().substring(1), symbols, chance(60));
      }
      case ARRAY -> Schema.createArray(changed(schema.getElementType()));
      case UNION -> {
        List<Schema> types = schema.getTypes();
        if (types.getFirst().getType() == Schema.Type.NULL) {
          yield chance(15) ? types.getLast() : nullable(changed(types.getLast()));
        }
        yield chance(20)
            ? types.getLast()
            : Schema.createUnion(changed(types.getFirst()), types.getLast());
      }
      default -> {
        if (chance(5)) {
          yield Schema.create(Schema.Type.BOOLEAN);
        }
        List<Schema.Type> wider = WIDER.getOrDefault(schema.getType(), List.of(schema.getType()));
        yield Schema.create(one(wider));
      }
    };
  }

  private static Schema copy(Schema schema) {
    return new Schema.Parser().parse(schema.toString());
  }

  private Object defaultOf(Schema schema) {
    return switch (schema.getType()) {
      case INT -> 41;
      case LONG -> schema.getLogicalType() == null ? 1L << 41 : 1_600_000_000_000_000L;
      case FLOAT -> 4.25f;
      case DOUBLE -> -0.1;
      case STRING -> "none";
      case BYTES -> "some".getBytes(StandardCharsets.UTF_8);
      case BOOLEAN -> true;
      case NULL -> JsonProperties.NULL_VALUE;
      case ENUM -> one(schema.getEnumSymbols());
      case UNION -> defaultOf(schema.getTypes().getFirst());
      case ARRAY -> {
        Object each = defaultOf(schema.getElementType());
        yield List.of(each, each, each);
      }
      case RECORD -> {
        var fields = new HashMap<String, Object>();
        schema.getFields().forEach(field -> fields.put(field.name(), defaultOf(field.schema())));
        yield fields;
      }
      case MAP, FIXED -> throw new IllegalArgumentException("not made: " + schema);
    };
  }

  /** A value of {@code schema}; arrays have three items. */
  Object value(Schema schema) {
    return switch (schema.getType()) {
      case INT -> random.nextInt() >> random.nextInt(32);
      case LONG ->
          schema.getLogicalType() == null
              ? random.nextLong() >> random.nextInt(64)
              : 1_700_000_000_000_000L + random.nextInt();
      case FLOAT -> (float) random.nextGaussian() * 100;
      case DOUBLE -> random.nextGaussian() * 1e10;
      case STRING -> one(TEXTS);
      case BYTES -> ByteBuffer.wrap(one(TEXTS).getBytes(StandardCharsets.UTF_8));
      case BOOLEAN -> random.nextBoolean();
      case ENUM -> new GenericData.EnumSymbol(schema, one(schema.getEnumSymbols()));
      case UNION -> {
        Schema branch = one(schema.getTypes());
        yield branch.getType() == Schema.Type.NULL ? NOTHING : value(branch);
      }
      case ARRAY -> {
        Object[] items = new Object[3];
        Arrays.setAll(items, i -> value(schema.getElementType()));
        yield List.of(items);
      }
      case RECORD -> {
        var record = new GenericData.Record(schema);
        for (Field field : schema.getFields()) {
          Object value = value(field.schema());
          record.put(field.name(), value == NOTHING ? null : value);
        }
        yield record;
      }
      case NULL, MAP, FIXED -> throw new IllegalArgumentException("not made: " + schema);
    };
  }

  private static final Object NOTHING = new Object();
}
