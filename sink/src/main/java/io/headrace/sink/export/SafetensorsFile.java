package io.headrace.sink.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plain safetensors files: the header's length as 8 little-endian bytes, a JSON header, and the
 * tensors one behind the other. Unlike a checkpoint's, these files hold tensors alone, and what is
 * read may come from any program.
 */
public final class SafetensorsFile {
  private static final int ALIGNMENT_BYTES = 64;
  private static final long LONGEST_HEADER_BYTES = 100_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsFile() {}

  /**
   * Writes a file, whole or not at all; equal arguments give equal bytes.
   *
   * @param metadata text by name
   */
  public static void write(
      SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata, Path to) {
    List<Map.Entry<String, Tensor>> inOrder =
        tensors.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<String, Tensor>>comparingInt(
                        entry -> -entry.getValue().type().bytes())
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
    byte[] header = header(inOrder, metadata);
    WholeFile.write(to, out -> writeTo(out, header, inOrder));
  }

  private static byte[] header(
      List<Map.Entry<String, Tensor>> tensors, SortedMap<String, String> metadata) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode about = root.putObject("__metadata__");
    metadata.forEach(about::put);
    long from = 0;
    for (var entry : tensors) {
      long to = from + entry.getValue().data().byteSize();
      ObjectNode node = root.putObject(entry.getKey());
      node.put("dtype", entry.getValue().type().name());
      entry.getValue().shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(from).add(to);
      from = to;
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int length =
        Math.ceilDiv(Long.BYTES + json.length, ALIGNMENT_BYTES) * ALIGNMENT_BYTES - Long.BYTES;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }

  private static void writeTo(
      OutputStream out, byte[] header, List<Map.Entry<String, Tensor>> tensors) throws IOException {
    var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(0, header.length).array());
    out.write(header);
    var channel = Channels.newChannel(out);
    for (var entry : tensors) {
      MemorySegment data = entry.getValue().data();
      long chunk = 1 << 26;
      for (long at = 0; at < data.byteSize(); at += chunk) {
        channel.write(data.asSlice(at, Math.min(chunk, data.byteSize() - at)).asByteBuffer());
      }
    }
  }

  /**
   * Reads all tensors of a file; those of 16-bit floats (F16, BF16) become 32-bit ones.
   *
   * @throws HeadraceException if it cannot be read, or is no safetensors file; the message says
   *     where it does not fit
   */
  public static SortedMap<String, Tensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment all =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      return read(file, all);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** What a file says besides its tensors, text by name; errors as {@link #read}. */
  public static SortedMap<String, String> metadata(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment all =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      var texts = new TreeMap<String, String>();
      header(file, all)
          .path("__metadata__")
          .properties()
          .forEach(text -> texts.put(text.getKey(), text.getValue().asText()));
      return texts;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static HeadraceException unreadable(Path file, IOException cause) {
    return new HeadraceException(
        "%s cannot be read: %s. Name a safetensors file."
            .formatted(
                file, cause instanceof NoSuchFileException ? "there is none" : cause.getMessage()),
        cause);
  }

  private static SortedMap<String, Tensor> read(Path file, MemorySegment all) throws IOException {
    JsonNode root = header(file, all);
    MemorySegment data = all.asSlice(Long.BYTES + headerLength(all));
    var tensors = new TreeMap<String, Tensor>();
    for (var field : root.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        tensors.put(field.getKey(), tensor(file, field.getKey(), field.getValue(), data));
      }
    }
    return tensors;
  }

  private static long headerLength(MemorySegment all) {
    return all.asSlice(0, Long.BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static JsonNode header(Path file, MemorySegment all) throws IOException {
    if (all.byteSize() < Long.BYTES) {
      throw misfit(file, "is %,d bytes long, too short for a header".formatted(all.byteSize()));
    }
    long length = headerLength(all);
    if (length < 2 || length > Math.min(LONGEST_HEADER_BYTES, all.byteSize() - Long.BYTES)) {
      throw misfit(file, "says that its header has %,d bytes".formatted(length));
    }
    byte[] header = new byte[(int) length];
    MemorySegment.ofArray(header).copyFrom(all.asSlice(Long.BYTES, length));
    return JSON.readTree(header);
  }

  private static Tensor tensor(Path file, String name, JsonNode entry, MemorySegment data) {
    String type = entry.path("dtype").asText();
    long from = entry.path("data_offsets").path(0).asLong(-1);
    long to = entry.path("data_offsets").path(1).asLong(-1);
    if (from < 0 || to < from || to > data.byteSize()) {
      throw misfit(
          file,
          "places tensor %s at bytes %,d to %,d of %,d".formatted(name, from, to, data.byteSize()));
    }
    List<Long> shape = new ArrayList<>();
    entry.path("shape").forEach(dimension -> shape.add(dimension.asLong()));
    MemorySegment bytes = data.asSlice(from, to - from);
    try {
      return switch (type) {
        case "F16", "BF16" -> new Tensor(TensorType.F32, shape, widened(bytes, type.equals("F16")));
        case "F32", "F64", "I32", "I64", "U8" -> new Tensor(TensorType.valueOf(type), shape, bytes);
        default ->
            throw new IllegalArgumentException(
                "of the types only F32, F16, BF16, F64, I32, I64 and U8 are read");
      };
    } catch (IllegalArgumentException e) {
      throw misfit(file, "has tensor %s of type %s: %s".formatted(name, type, e.getMessage()));
    }
  }

  private static MemorySegment widened(MemorySegment halves, boolean ieee) {
    int count = Math.toIntExact(halves.byteSize() / Short.BYTES);
    var from = halves.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      short half = from.get(i);
      floats[i] = ieee ? Float.float16ToFloat(half) : Float.intBitsToFloat(half << 16);
    }
    return io.headrace.engine.memory.Floats.of(floats);
  }

  private static HeadraceException misfit(Path file, String what) {
    return new HeadraceException(
        "%s is no safetensors file that can be read: it %s.".formatted(file, what));
  }
}
