package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockCipher;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads what a {@link BlockOutput} added, up to the last whole block: one behind it is being
 * written, or was torn by a crash. Not thread-safe.
 */
public final class BlockInput extends InputStream {
  private final Path file;
  private final BlockCipher cipher;
  private final DataInputStream in;
  private long at;
  private byte[] block = new byte[0];
  private int read;
  private boolean ended;

  public BlockInput(Path file, BlockCipher cipher) throws IOException {
    this.file = file;
    this.cipher = cipher;
    in = new DataInputStream(Files.newInputStream(file));
    at = cipher.head().length;
    in.skipNBytes(at);
  }

  /** The next block, alone. */
  public byte[] nextBlock() throws IOException {
    return next() ? block : new byte[0];
  }

  /** Where the last whole block of the file ends. */
  public static long endOfLast(Path file, BlockCipher cipher) throws IOException {
    try (var in = new BlockInput(file, cipher)) {
      while (in.next()) {
        // Each is checked as it is read.
      }
      return in.at;
    }
  }

  @Override
  public int read() throws IOException {
    return read < block.length || next() ? block[read++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length > 0 && read == block.length && !next()) {
      return -1;
    }
    int count = Math.min(length, block.length - read);
    System.arraycopy(block, read, into, from, count);
    read += count;
    return count;
  }

  private boolean next() throws IOException {
    ended = ended || !more();
    return !ended;
  }

  private boolean more() throws IOException {
    long rest = Files.size(file) - at - BlockOutput.FRAME_BYTES;
    if (rest < 1) {
      return false;
    }
    int length = in.readInt();
    int crc = in.readInt();
    if (length < 1 || length > rest) {
      return false;
    }
    byte[] sealed = in.readNBytes(length);
    if (sealed.length < length || BlockOutput.crc(sealed) != crc) {
      if (length < rest) {
        throw new HeadraceException(
            "%s is damaged: its block at byte %,d has another checksum than it says. Put back a good copy of it, or move it away."
                .formatted(file, at));
      }
      return false;
    }
    byte[] opened = cipher.opened(sealed, at);
    if (opened == null) {
      throw new HeadraceException(
          "%s was changed after it was written: its block at byte %,d fails authentication. Put back a good copy of it, or move it away."
              .formatted(file, at));
    }
    block = opened;
    read = 0;
    at += BlockOutput.FRAME_BYTES + length;
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
