package io.headrace.sink.archive;

import io.headrace.engine.seal.BlockCipher;
import io.headrace.sink.seal.BlockOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file's bytes on their way to the disk, hashed, and encrypted if need be. Not thread-safe. */
final class SegmentOutput extends OutputStream {
  private static final int ENCRYPTED_AT_ONCE = 1 << 20;

  private final FileChannel channel;
  private final boolean encrypts;
  private final BlockOutput blocks;
  private final MessageDigest digest;
  private long bytes;
  private int waiting;

  SegmentOutput(Path file, BlockCipher cipher) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    encrypts = cipher.encrypts();
    blocks = new BlockOutput(channel, cipher);
    digest = sha256();
    write(channel, ByteBuffer.wrap(cipher.head()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    digest.update(from, offset, length);
    bytes += length;
    if (!encrypts) {
      write(channel, ByteBuffer.wrap(from, offset, length));
      return;
    }
    blocks.write(from, offset, length);
    waiting += length;
    if (waiting >= ENCRYPTED_AT_ONCE) {
      blocks.flush();
      waiting = 0;
    }
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** Bytes so far, before they were encrypted. */
  long bytes() {
    return bytes;
  }

  /** Hash of these; call it once. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Ends the file, which is durable then. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (channel.isOpen()) {
        blocks.flush();
        channel.force(true);
      }
    }
  }

  /** Ends it as it is. */
  void abandon() throws IOException {
    channel.close();
  }
}
