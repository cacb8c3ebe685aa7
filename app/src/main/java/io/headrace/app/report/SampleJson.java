package io.headrace.app.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.sink.archive.ArchivedSample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/** An archived sample as a line of JSON. Stateless. */
public final class SampleJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private SampleJson() {}

  /** Where it came from, the step, label, weight and time; dense inputs as numbers. */
  public static String of(ArchivedSample archived) {
    GenericRecord sample = archived.sample();
    ObjectNode json = JSON.objectNode();
    json.put("source", archived.partition().source());
    json.put("partition", archived.partition().partition());
    json.put("position", archived.position());
    json.put("step", archived.step());
    json.set("label", scalar(sample.get("label")));
    json.set("weight", scalar(sample.get("weight")));
    json.set("eventTime", scalar(sample.get("eventTime")));
    ObjectNode inputs = json.putObject("inputs");
    ((Map<?, ?>) sample.get("inputs"))
        .forEach((name, value) -> input(inputs, String.valueOf(name), value));
    return json.toString();
  }

  private static com.fasterxml.jackson.databind.JsonNode scalar(Object value) {
    return switch (value) {
      case null -> JSON.nullNode();
      case Long number -> JSON.numberNode(number);
      case Float number -> JSON.numberNode(number);
      case Double number -> JSON.numberNode(number);
      default -> JSON.textNode(value.toString());
    };
  }

  private static void input(ObjectNode inputs, String name, Object value) {
    if (value instanceof ByteBuffer bytes) {
      ArrayNode numbers = inputs.putArray(name);
      for (var floats = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN); floats.hasRemaining(); ) {
        numbers.add(floats.getFloat());
      }
      return;
    }
    var pairs = (GenericRecord) value;
    ObjectNode sparse = inputs.putObject(name);
    for (String part : new String[] {"ids", "values", "fields"}) {
      ArrayNode numbers = sparse.putArray(part);
      ((Iterable<?>) pairs.get(part))
          .forEach(
              number -> {
                if (number instanceof Float f) {
                  numbers.add(f);
                } else {
                  numbers.add((Integer) number);
                }
              });
    }
  }
}
