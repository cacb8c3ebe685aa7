package io.headrace.ingest.push;

import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a segment's frames in turn. What is damaged is passed over up to the next frame that is
 * sound. Not thread-safe; the segment may be written to meanwhile.
 */
final class SegmentReader implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(PushSampleSource.class);
  private static final int SCANNED_BYTES = 64 << 10;

  static final String KIND = "pushed-samples";

  private final Path file;
  private final BlockSeal seal;
  private final FileChannel channel;
  private @Nullable BlockCipher cipher;
  private long offset;

  /**
   * @param seal opens the file's frames, once there is one
   */
  SegmentReader(Path file, BlockSeal seal) throws IOException {
    this.file = file;
    this.seal = seal;
    channel = FileChannel.open(file);
  }

  /** Where the next frame is looked for. */
  long offset() {
    return offset;
  }

  long size() throws IOException {
    return channel.size();
  }

  /** The next sound frame; null if none follows, and then it can be asked again. */
  @Nullable LogFrame next() throws IOException {
    long size = channel.size();
    if (!begun(size)) {
      return null;
    }
    for (long at = offset; at >= 0; at = nextMagic(at + 1, size)) {
      ByteBuffer payload = payloadAt(at, size);
      LogFrame frame = payload == null ? null : decoded(payload, at);
      if (payload != null && frame != null) {
        offset = at + LogFrame.HEAD_BYTES + payload.limit();
        return frame;
      }
    }
    return null;
  }

  /** Whether the file has what it begins with: one that was just made may not yet. */
  private boolean begun(long size) {
    if (cipher == null && size > 0) {
      cipher = seal.of(file, KIND, String.valueOf(file.getFileName())).orElse(null);
      offset = cipher == null ? 0 : cipher.head().length;
    }
    return cipher != null;
  }

  private @Nullable ByteBuffer payloadAt(long at, long size) throws IOException {
    if (size - at <= LogFrame.HEAD_BYTES) {
      return null;
    }
    ByteBuffer head = read(at, LogFrame.HEAD_BYTES);
    if (head.getInt() != LogFrame.MAGIC) {
      return null;
    }
    int length = head.getInt();
    if (length < 1 || length > size - at - LogFrame.HEAD_BYTES) {
      return null;
    }
    ByteBuffer payload = read(at + LogFrame.HEAD_BYTES, length);
    return LogFrame.crc(payload) == head.getInt() ? payload : null;
  }

  /** Null for what somebody changed, as for what is damaged: it is passed over. */
  private @Nullable LogFrame decoded(ByteBuffer payload, long at) {
    byte[] sealed = new byte[payload.limit()];
    payload.get(0, sealed);
    byte[] opened = Objects.requireNonNull(cipher).opened(sealed, at);
    if (opened == null) {
      LOG.warn("{} was changed after it was written: at byte {} it fails authentication", file, at);
      return null;
    }
    try {
      return LogFrame.decode(ByteBuffer.wrap(opened));
    } catch (BufferUnderflowException | NegativeArraySizeException _) {
      return null;
    }
  }

  private long nextMagic(long from, long size) throws IOException {
    for (long at = from; at + Integer.BYTES <= size; at += SCANNED_BYTES - Integer.BYTES + 1) {
      ByteBuffer bytes = read(at, (int) Math.min(SCANNED_BYTES, size - at));
      for (int i = 0; i + Integer.BYTES <= bytes.limit(); i++) {
        if (bytes.getInt(i) == LogFrame.MAGIC) {
          return at + i;
        }
      }
    }
    return -1;
  }

  private ByteBuffer read(long at, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    while (into.hasRemaining() && channel.read(into, at + into.position()) > 0) {
      // Most reads are whole at once.
    }
    return into.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
