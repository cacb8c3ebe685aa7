package io.headrace.sink.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A reader of safetensors files that knows the format's description only, and checks all that it
 * demands: the header begins with a brace, may end with spaces, and the tensors lie one behind the
 * other, without holes, to the end of the file.
 */
public record SafetensorsReader(
    Map<String, String> metadata, Map<String, Entry> tensors, long dataAt) {
  /** A tensor: its bytes as they lie in the file. */
  public record Entry(String dtype, String shape, ByteBuffer data) {}

  private static final Map<String, Integer> BYTES =
      Map.of("F64", 8, "I64", 8, "F32", 4, "I32", 4, "U8", 1);

  /** Reads a file, or throws what it does not keep to. */
  public static SafetensorsReader read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int dataAt = Math.toIntExact(8 + length);
    check(bytes[8] == '{', "the header begins with a brace");
    JsonNode header = new ObjectMapper().readTree(Arrays.copyOfRange(bytes, 8, dataAt));
    var metadata = new TreeMap<String, String>();
    var tensors = new TreeMap<String, Entry>();
    var ends = new TreeMap<Integer, Integer>();
    for (var field : header.properties()) {
      JsonNode value = field.getValue();
      if (field.getKey().equals("__metadata__")) {
        for (var entry : value.properties()) {
          check(entry.getValue().isTextual(), "metadata is text");
          metadata.put(entry.getKey(), entry.getValue().textValue());
        }
        continue;
      }
      check(value.size() == 3, "dtype, shape, data_offsets");
      int from = value.required("data_offsets").get(0).intValue();
      int to = value.required("data_offsets").get(1).intValue();
      String dtype = value.required("dtype").textValue();
      int size = Objects.requireNonNull(BYTES.get(dtype), dtype);
      check(from % size == 0, field.getKey() + " is aligned");
      for (JsonNode dimension : value.required("shape")) {
        size *= dimension.intValue();
      }
      check(to - from == size, field.getKey() + " has the bytes of its shape");
      if (size > 0) {
        ends.put(from, to);
      }
      ByteBuffer data = ByteBuffer.wrap(bytes, dataAt + from, size).slice();
      tensors.put(field.getKey(), new Entry(dtype, value.required("shape").toString(), data));
    }
    int at = 0;
    for (var range : ends.entrySet()) {
      check(range.getKey() == at, "no hole before " + range.getKey());
      at = range.getValue();
    }
    check(dataAt + at == bytes.length, "the tensors end where the file does");
    return new SafetensorsReader(metadata, tensors, dataAt);
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("not so: " + rule);
    }
  }
}
