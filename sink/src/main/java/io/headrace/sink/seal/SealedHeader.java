package io.headrace.sink.seal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What an encrypted file begins with, readable without a key: eight bytes {@code HRSEALED}, the
 * length of the label (4 bytes, big-endian), the label as a JSON object of texts, and a CRC-32C of
 * all that (4 bytes). The encrypted rest is bound to it. Immutable.
 */
final class SealedHeader {
  private static final String KEY = "key";
  private static final byte[] MAGIC = "HRSEALED".getBytes(StandardCharsets.US_ASCII);

  /** Whatever is shorter has no label, not even the beginning of one that tells anything. */
  static final int LEAST_BYTES = MAGIC.length + Integer.BYTES;

  private static final int LONGEST_LABEL = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> label;
  private final byte[] bytes;

  private SealedHeader(Map<String, String> label, byte[] bytes) {
    this.label = Map.copyOf(label);
    this.bytes = bytes;
  }

  static SealedHeader of(long key, Map<String, String> label) {
    var all = new TreeMap<>(label);
    all.put(KEY, Long.toString(key));
    try {
      byte[] text = JSON.writeValueAsBytes(all);
      ByteBuffer to = ByteBuffer.allocate(LEAST_BYTES + text.length + Integer.BYTES);
      to.put(MAGIC).putInt(text.length).put(text);
      to.putInt(crc(to.array(), to.position()));
      return new SealedHeader(all, to.array());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /**
   * Reads the header of a file.
   *
   * @return empty if the file does not begin as an encrypted one
   * @throws SealBrokenException if it does, and then cannot be read
   */
  static Optional<SealedHeader> read(FileChannel from) throws IOException {
    byte[] head = bytes(from, LEAST_BYTES);
    if (head == null || !ByteBuffer.wrap(head, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      return Optional.empty();
    }
    int length = ByteBuffer.wrap(head).getInt(MAGIC.length);
    if (length < 0 || length > LONGEST_LABEL) {
      throw new SealBrokenException("its label cannot be " + length + " bytes long");
    }
    byte[] all = bytes(from, LEAST_BYTES + length + Integer.BYTES);
    if (all == null) {
      throw SealBrokenException.cutOff("it ends after " + from.size() + " bytes, within its label");
    }
    int end = all.length - Integer.BYTES;
    if (ByteBuffer.wrap(all).getInt(end) != crc(all, end)) {
      throw new SealBrokenException("its label has another checksum than it says");
    }
    try {
      Map<String, String> label =
          JSON.readValue(all, LEAST_BYTES, length, new TypeReference<TreeMap<String, String>>() {});
      return Optional.of(new SealedHeader(label, all));
    } catch (IOException | NullPointerException e) {
      throw new SealBrokenException("its label cannot be read");
    }
  }

  /** The first bytes; null if there are not so many. */
  private static byte @Nullable [] bytes(FileChannel from, int count) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(count);
    while (into.hasRemaining()) {
      if (from.read(into, into.position()) < 0) {
        return null;
      }
    }
    return into.array();
  }

  private static int crc(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** What the file is, by name. */
  Map<String, String> label() {
    return label;
  }

  /** The header as it stands in the file: not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** Id of the key that the file is encrypted with. */
  long key() {
    return number(KEY);
  }

  long number(String name) {
    try {
      return Long.parseLong(label.getOrDefault(name, ""));
    } catch (NumberFormatException e) {
      throw new SealBrokenException("its label lacks " + name);
    }
  }
}
