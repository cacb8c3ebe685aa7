package io.headrace.ingest.mask;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON, one object a record. Not thread-safe. */
final class JsonFormat implements EachMasked {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .readerFor(JsonNode.class);

  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into)
      throws UnreadableRecordException {
    ObjectNode record = read(bytes, start, end);
    into.fields().begin(field -> value(record, field));
    maskObject(record, "", into.fields());
    into.text(record.toString());
  }

  private static ObjectNode read(byte[] bytes, int start, int end)
      throws UnreadableRecordException {
    try {
      if (JSON.readTree(bytes, start, end - start) instanceof ObjectNode object) {
        return object;
      }
    } catch (UncheckedIOException | IOException e) { // told without its message, which quotes
      throw new UnreadableRecordException();
    }
    throw new UnreadableRecordException();
  }

  private static Optional<String> value(JsonNode record, String field) {
    JsonNode node = record;
    for (String name : field.split("\\.", -1)) {
      node = node.path(name);
    }
    return node.isValueNode() && !node.isNull() ? Optional.of(node.asText()) : Optional.empty();
  }

  private static void maskObject(ObjectNode object, String within, RecordFields fields) {
    for (Map.Entry<String, JsonNode> entry : new ArrayList<>(object.properties())) {
      String field = within + entry.getKey();
      JsonNode now = masked(entry.getValue(), field, fields);
      if (now == null) {
        object.remove(entry.getKey());
      } else {
        object.set(entry.getKey(), now);
      }
    }
  }

  private static @Nullable JsonNode masked(JsonNode value, String field, RecordFields fields) {
    if (fields.drops(field)) {
      return null;
    }
    return switch (value) {
      case ObjectNode object -> {
        maskObject(object, field + ".", fields);
        yield object;
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          JsonNode now = masked(array.get(i), field, fields);
          array.set(i, now == null ? NullNode.getInstance() : now);
        }
        yield array;
      }
      default -> value.isNull() ? value : scalar(value, field, fields);
    };
  }

  private static @Nullable JsonNode scalar(JsonNode value, String field, RecordFields fields) {
    String text = value.asText();
    Kind kind = value.isIntegralNumber() ? Kind.LONG : value.isNumber() ? Kind.REAL : Kind.TEXT;
    String now = fields.masked(field, text, kind);
    if (now == null || now.equals(text)) {
      return now == null ? null : value;
    }
    return kind == Kind.TEXT ? TextNode.valueOf(now) : DecimalNode.valueOf(new BigDecimal(now));
  }
}
