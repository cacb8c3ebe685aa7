package io.headrace.ingest.push;

import io.headrace.engine.seal.BlockCipher;
import io.headrace.ingest.push.RememberedKeys.Remembered;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a segment of the log, byte for byte. A frame is four bytes {@code HPR1}, its
 * payload's length, a CRC-32C of length and payload, and the payload; numbers are big-endian.
 */
sealed interface LogFrame {
  int MAGIC = 0x48505231;
  int HEAD_BYTES = 3 * Integer.BYTES;

  /** The first frame of a segment: where it begins, and the keys remembered from before. */
  record Start(long first, List<Remembered> keys) implements LogFrame {
    public Start {
      keys = List.copyOf(keys);
    }
  }

  /** A request, and the position of its first record. */
  record Request(long first, PushedRequest request) implements LogFrame {
    /** Position just past the last record. */
    long next() {
      return first + request.records();
    }

    Receipt receipt() {
      return new Receipt(0, first, next(), request.bodyCrc());
    }
  }

  byte START = 'S';
  byte REQUEST = 'R';

  /** A request whose records are masked. */
  byte MASKED = 'M';

  /** The frame's bytes, its head included, ready to be written. */
  static ByteBuffer encode(LogFrame frame) {
    return switch (frame) {
      case Start start -> encode(start);
      case Request request -> encode(request);
    };
  }

  private static ByteBuffer encode(Start start) {
    List<byte[]> keys = new ArrayList<>();
    int size = 1 + Long.BYTES + Integer.BYTES;
    for (Remembered remembered : start.keys()) {
      byte[] key = utf8(remembered.key());
      keys.add(key);
      size += Short.BYTES + key.length + 2 * Long.BYTES + Integer.BYTES;
    }
    ByteBuffer to = begin(size).put(START).putLong(start.first()).putInt(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      Receipt receipt = start.keys().get(i).receipt();
      putShortText(keys.get(i), to);
      to.putLong(receipt.first()).putLong(receipt.next()).putInt(receipt.bodyCrc());
    }
    return sealed(to);
  }

  private static ByteBuffer encode(Request frame) {
    PushedRequest request = frame.request();
    byte[] key = utf8(request.key());
    byte[] schema = utf8(request.schema());
    long size = 1L + 2 * Long.BYTES + Short.BYTES + key.length + 3 * Integer.BYTES + schema.length;
    for (PushedBlock block : request.blocks()) {
      size += 2 * Integer.BYTES + block.length;
      size += block.ends == null ? 0 : (long) Integer.BYTES * block.records;
      size += request.masked() ? BlockFaults.bytes(block.faults) : 0;
    }
    byte kind = request.masked() ? MASKED : REQUEST;
    ByteBuffer to = begin(Math.toIntExact(size)).put(kind).putLong(frame.first());
    to.putLong(request.receivedMillis());
    putShortText(key, to);
    to.putInt(request.bodyCrc()).putInt(schema.length).put(schema).putInt(request.blocks().size());
    for (PushedBlock block : request.blocks()) {
      to.putInt(block.records).putInt(block.length);
      if (block.ends != null) {
        to.asIntBuffer().put(block.ends);
        to.position(to.position() + Integer.BYTES * block.records);
      }
      to.put(block.bytes, 0, block.length);
      if (request.masked()) {
        BlockFaults.put(block.faults, to);
      }
    }
    return sealed(to);
  }

  /**
   * Reads a payload whose checksum held; null if it is no frame of this version.
   *
   * @param payload from its position to its limit
   */
  static @Nullable LogFrame decode(ByteBuffer payload) {
    return switch (payload.get()) {
      case START -> decodeStart(payload);
      case REQUEST -> decodeRequest(payload, false);
      case MASKED -> decodeRequest(payload, true);
      default -> null;
    };
  }

  private static Start decodeStart(ByteBuffer from) {
    long first = from.getLong();
    int count = from.getInt();
    List<Remembered> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = text(from, Short.toUnsignedInt(from.getShort()));
      long begin = from.getLong();
      keys.add(new Remembered(key, new Receipt(0, begin, from.getLong(), from.getInt())));
    }
    return new Start(first, keys);
  }

  private static Request decodeRequest(ByteBuffer from, boolean masked) {
    long first = from.getLong();
    long receivedMillis = from.getLong();
    String key = text(from, Short.toUnsignedInt(from.getShort()));
    int bodyCrc = from.getInt();
    String schema = text(from, from.getInt());
    int count = from.getInt();
    List<PushedBlock> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(masked ? maskedBlock(from) : block(from, schema.isEmpty()));
    }
    return new Request(
        first, new PushedRequest(key, bodyCrc, receivedMillis, schema, masked, blocks));
  }

  private static PushedBlock block(ByteBuffer from, boolean delimited) {
    int records = from.getInt();
    byte[] bytes = new byte[from.getInt()];
    int[] ends = new int[delimited ? records : 0];
    if (delimited) {
      from.asIntBuffer().get(ends);
      from.position(from.position() + Integer.BYTES * records);
    }
    from.get(bytes);
    return delimited
        ? PushedBlock.delimited(bytes, ends)
        : PushedBlock.run(bytes, bytes.length, records);
  }

  private static PushedBlock maskedBlock(ByteBuffer from) {
    PushedBlock block = block(from, true);
    return PushedBlock.masked(
        block.bytes, Objects.requireNonNull(block.ends), BlockFaults.read(from));
  }

  /** The same frame with its payload encrypted, for its place in a file. */
  static ByteBuffer sealed(ByteBuffer frame, BlockCipher cipher, long at) {
    if (!cipher.encrypts()) {
      return frame;
    }
    byte[] payload = new byte[frame.limit() - HEAD_BYTES];
    frame.get(HEAD_BYTES, payload);
    byte[] encrypted = cipher.sealed(payload, at);
    return sealed(begin(encrypted.length).put(encrypted));
  }

  /** The checksum of a frame with this payload. */
  static int crc(ByteBuffer payload) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, payload.remaining()));
    crc.update(payload.duplicate());
    return (int) crc.getValue();
  }

  private static ByteBuffer begin(int payload) {
    ByteBuffer to = ByteBuffer.allocate(Math.addExact(HEAD_BYTES, payload));
    return to.putInt(MAGIC).putInt(payload).putInt(0);
  }

  private static ByteBuffer sealed(ByteBuffer frame) {
    frame.putInt(2 * Integer.BYTES, crc(frame.slice(HEAD_BYTES, frame.limit() - HEAD_BYTES)));
    return frame.flip();
  }

  private static void putShortText(byte[] text, ByteBuffer to) {
    to.putShort((short) text.length).put(text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
