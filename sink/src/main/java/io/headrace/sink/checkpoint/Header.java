package io.headrace.sink.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.engine.state.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The JSON header of a safetensors file that holds a checkpoint. Immutable.
 *
 * <p>It starts with the hash of itself at a fixed place, taken with that place filled with zeros,
 * and is padded with spaces so that the tensors, which follow, start on a multiple of 64 bytes.
 *
 * @param metadata {@code __metadata__}: text by name
 * @param tensors where each tensor lies, in the order of the file
 */
record Header(Map<String, String> metadata, List<Placed> tensors) {
  /** Length of the number of bytes before the header. */
  static final int LENGTH_BYTES = Long.BYTES;

  private static final String START = "{\"__metadata__\":{\"header_sha256\":\"";
  private static final int HASH_AT = START.length();
  private static final int ALIGNMENT_BYTES = 64;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Where a tensor lies.
   *
   * @param from offset of its first byte behind the header
   */
  record Placed(String name, TensorType type, List<Long> shape, long from, long to) {}

  /** The header's bytes, padding included. */
  static byte[] bytes(SortedMap<String, String> metadata, List<FilePart> parts) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("__metadata__");
      json.writeStringField("header_sha256", "0".repeat(Digest.HEX_DIGITS));
      for (var entry : metadata.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      writeTensors(json, parts);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    while ((LENGTH_BYTES + bytes.size()) % ALIGNMENT_BYTES != 0) {
      bytes.write(' ');
    }
    byte[] header = bytes.toByteArray();
    byte[] hash = new Digest().add(header).hex().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(hash, 0, header, HASH_AT, hash.length);
    return header;
  }

  private static void writeTensors(JsonGenerator json, List<FilePart> parts) throws IOException {
    long from = 0;
    for (FilePart part : parts) {
      long to = from + part.bytes();
      json.writeObjectFieldStart(part.name());
      json.writeStringField("dtype", part.type().name());
      json.writeArrayFieldStart("shape");
      for (long length : part.shape()) {
        json.writeNumber(length);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("data_offsets");
      json.writeNumber(from);
      json.writeNumber(to);
      json.writeEndArray();
      json.writeEndObject();
      from = to;
    }
  }

  /**
   * Checks and reads a header.
   *
   * @param file for messages
   */
  static Header verified(String file, byte[] header) {
    byte[] start = START.getBytes(StandardCharsets.US_ASCII);
    int behindHash = HASH_AT + Digest.HEX_DIGITS;
    if (header.length < behindHash || !Arrays.equals(start, Arrays.copyOf(header, HASH_AT))) {
      throw new CheckpointDamagedException(file, "its header is not that of a checkpoint");
    }
    String expected = new String(header, HASH_AT, Digest.HEX_DIGITS, StandardCharsets.ISO_8859_1);
    byte[] hashed = header.clone();
    Arrays.fill(hashed, HASH_AT, behindHash, (byte) '0');
    String found = new Digest().add(hashed).hex();
    if (!found.equals(expected)) {
      throw new CheckpointDamagedException(
          file, "its header has SHA-256 " + found + ", not " + expected);
    }
    return parsed(file, header);
  }

  /** Reads a header without checking its hash. */
  static Header parsed(String file, byte[] header) {
    try {
      JsonNode root = JSON.readTree(header);
      Map<String, String> metadata = new java.util.TreeMap<>();
      List<Placed> tensors = new ArrayList<>();
      for (var field : root.properties()) {
        if (field.getKey().equals("__metadata__")) {
          field
              .getValue()
              .properties()
              .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
        } else {
          tensors.add(placed(field.getKey(), field.getValue()));
        }
      }
      return new Header(metadata, tensors);
    } catch (JsonProcessingException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    }
  }

  private static CheckpointDamagedException damaged(String file, Exception cause) {
    var damaged =
        new CheckpointDamagedException(
            file, "its header cannot be read (" + cause.getMessage() + ")");
    damaged.initCause(cause);
    return damaged;
  }

  private static Placed placed(String name, JsonNode tensor) {
    List<Long> shape = new ArrayList<>();
    tensor.path("shape").forEach(length -> shape.add(length.asLong()));
    JsonNode offsets = tensor.path("data_offsets");
    return new Placed(
        name,
        TensorType.valueOf(tensor.path("dtype").asText()),
        shape,
        offsets.path(0).asLong(),
        offsets.path(1).asLong());
  }

  /** The hash that the header starts with. */
  String sha256() {
    return metadata.getOrDefault("header_sha256", "");
  }

  /** Bytes behind the header. */
  long dataBytes() {
    return tensors.stream().mapToLong(Placed::to).max().orElse(0);
  }
}
