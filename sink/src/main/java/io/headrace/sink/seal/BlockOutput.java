package io.headrace.sink.seal;

import io.headrace.engine.seal.BlockCipher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Adds to a file of encrypted blocks: what is written between two flushes is one block, its length
 * and its CRC-32C (4 bytes each, big-endian) and so many bytes, in one write. Not thread-safe.
 */
public final class BlockOutput extends OutputStream {
  static final int FRAME_BYTES = 2 * Integer.BYTES;

  private final FileChannel to;
  private final BlockCipher cipher;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

  /**
   * @param to positioned at its end, behind the cipher's head; closed with this
   */
  public BlockOutput(FileChannel to, BlockCipher cipher) {
    this.to = to;
    this.cipher = cipher;
  }

  @Override
  public void write(int b) {
    waiting.write(b);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    waiting.write(bytes, from, length);
  }

  @Override
  public void flush() throws IOException {
    if (waiting.size() == 0) {
      return;
    }
    byte[] block = cipher.sealed(waiting.toByteArray(), to.position());
    waiting.reset();
    ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES + block.length);
    frame.putInt(block.length).putInt(crc(block)).put(block).flip();
    while (frame.hasRemaining()) {
      to.write(frame);
    }
  }

  /** Makes durable what was flushed. */
  public void force() throws IOException {
    flush();
    to.force(true);
  }

  static int crc(byte[] block) {
    var crc = new CRC32C();
    crc.update(block);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    try (to) {
      flush();
    }
  }
}
