package io.headrace.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JSON, one object a record. One parser is fed record after record and never sees beyond
 * the record's bytes; after a record that is no object it is replaced. Not thread-safe.
 */
final class JsonDecoder extends EachRecord {
  private final JsonFactory factory =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();
  private final JsonFields root;
  private final ByteScratch text = new ByteScratch();
  private @Nullable JsonParser fresh;
  private long recordStart;

  JsonDecoder(FieldTable table, SampleRow row) {
    super(row);
    this.root = JsonFields.of(table);
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
    text.clear();
    try {
      int begin = pastByteOrderMark(bytes, start, end);
      JsonParser parser = parser();
      ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes, begin, end);
      recordStart = parser.currentLocation().getByteOffset() - (begin - start);
      if (next(parser) != JsonToken.START_OBJECT) {
        throw new MalformedRecordException("the record is no JSON object" + place(0));
      }
      readObject(parser, root);
      requireBlank(bytes, start, end, offset(parser.currentLocation()));
      parser.nextToken(); // reads over the blanks
      return null;
    } catch (MalformedRecordException e) {
      fresh = null;
      return new Fault(RejectionReason.MALFORMED, e.detail());
    } catch (JsonProcessingException e) {
      fresh = null;
      String message = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      JsonLocation at = e.getLocation(); // none, if a bound is passed, such as of the depth
      return new Fault(RejectionReason.MALFORMED, message + (at == null ? "" : place(offset(at))));
    } catch (IOException e) {
      fresh = null;
      return new Fault(RejectionReason.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** The parser alone would take one, or a part of one, for another thing in its first record. */
  private static int pastByteOrderMark(byte[] bytes, int start, int end)
      throws MalformedRecordException {
    boolean whole =
        end - start >= 3
            && bytes[start] == (byte) 0xef
            && bytes[start + 1] == (byte) 0xbb
            && bytes[start + 2] == (byte) 0xbf;
    int begin = whole ? start + 3 : start;
    if (begin < end && bytes[begin] == (byte) 0xef) {
      throw new MalformedRecordException("the record is no JSON object" + place(begin - start));
    }
    return begin;
  }

  /** The parser alone would take an unfinished token there for the beginning of the next record. */
  private static void requireBlank(byte[] bytes, int start, int end, int from)
      throws MalformedRecordException {
    for (int i = start + from; i < end; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n') {
        throw new MalformedRecordException(
            "there is more behind the JSON object: " + TextPlace.show(bytes, start, i, end));
      }
    }
  }

  /** Of a location in the record. */
  private int offset(JsonLocation at) {
    return (int) Math.max(0, at.getByteOffset() - recordStart);
  }

  private static String place(int offset) {
    return " at byte " + offset;
  }

  private JsonParser parser() {
    JsonParser parser = fresh;
    if (parser == null) {
      try {
        parser = factory.createNonBlockingByteArrayParser();
      } catch (IOException e) {
        throw new UncheckedIOException("no JSON parser could be made", e);
      }
      fresh = parser;
    }
    return parser;
  }

  private JsonToken next(JsonParser parser) throws IOException, MalformedRecordException {
    JsonToken token = parser.nextToken();
    if (token == null || token == JsonToken.NOT_AVAILABLE) {
      throw new MalformedRecordException(
          "the record ends within the JSON object," + place(offset(parser.currentLocation())));
    }
    return token;
  }

  private void readObject(JsonParser parser, JsonFields fields)
      throws IOException, MalformedRecordException {
    while (next(parser) != JsonToken.END_OBJECT) {
      JsonFields field = fields.child(parser.currentName());
      JsonToken value = next(parser);
      if (field == null) {
        skip(parser, value);
      } else {
        readValue(parser, value, field);
      }
    }
  }

  private void readValue(JsonParser parser, JsonToken value, JsonFields field)
      throws IOException, MalformedRecordException {
    if (value == JsonToken.VALUE_NULL) {
      for (int slot : field.slots()) {
        row.values().clear(slot);
      }
    } else if (value == JsonToken.START_OBJECT && field.hasChildren()) {
      readObject(parser, field);
    } else if (value == JsonToken.START_ARRAY && field.vectors().length > 0) {
      readArray(parser, field);
    } else if (value.isScalarValue() && field.vectors().length == 0) {
      readScalar(parser, value, field.slots());
    } else {
      String problem =
          field.vectors().length > 0 ? "not an array of numbers" : "not a single value";
      row.fault(RejectionReason.WRONG_SCHEMA, "field " + field.path() + " is " + problem);
      skip(parser, value);
    }
  }

  private void readScalar(JsonParser parser, JsonToken value, int[] slots) throws IOException {
    FieldValues values = row.values();
    switch (value) {
      case VALUE_TRUE, VALUE_FALSE -> {
        for (int slot : slots) {
          values.flag(slot, value == JsonToken.VALUE_TRUE);
        }
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        boolean whole = isLong(parser, value);
        long integer = whole ? parser.getLongValue() : 0;
        double real = whole ? 0 : real(parser);
        for (int slot : slots) {
          if (whole) {
            values.integer(slot, integer);
          } else {
            values.real(slot, real);
          }
        }
      }
      default -> {
        int length = copyText(parser);
        for (int slot : slots) {
          values.text(slot, text.bytes(), text.position() - length, length);
        }
      }
    }
  }

  private static boolean isLong(JsonParser parser, JsonToken value) throws IOException {
    return value == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
  }

  private double real(JsonParser parser) throws IOException {
    int length = copyText(parser);
    text.drop(length);
    return NumberText.parse(text.bytes(), text.position(), length);
  }

  /** Copies the token's text in UTF-8 behind what is there; returns its length. */
  private int copyText(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int length = parser.getTextLength();
    text.reserve(Math.multiplyExact(length, 3));
    int from = text.position();
    text.addUtf8(chars, parser.getTextOffset(), length);
    return text.position() - from;
  }

  /** Reads an array of numbers, and those within it, one after the other. */
  private void readArray(JsonParser parser, JsonFields field)
      throws IOException, MalformedRecordException {
    int[] inputs = field.vectors();
    for (int input : inputs) {
      row.vector(input).start();
    }
    int depth = 1;
    while (depth > 0) {
      JsonToken token = next(parser);
      switch (token) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            add(
                isLong(parser, token) ? (float) parser.getLongValue() : (float) real(parser),
                inputs);
        case VALUE_TRUE -> add(1, inputs);
        case VALUE_FALSE -> add(0, inputs);
        case START_OBJECT -> {
          add(Float.NaN, inputs);
          skip(parser, token);
        }
        default -> add(Float.NaN, inputs);
      }
    }
  }

  private void add(float value, int[] inputs) {
    for (int input : inputs) {
      row.vector(input).add(value);
    }
  }

  /** Reads over a value and all within it. */
  private void skip(JsonParser parser, JsonToken value)
      throws IOException, MalformedRecordException {
    int depth = value.isStructStart() ? 1 : 0;
    while (depth > 0) {
      JsonToken token = next(parser);
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      }
    }
  }
}
