package io.headrace.sink.seal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;

/** A file that is encrypted behind its header, decrypted segment by segment. Not thread-safe. */
final class SealedBytes implements StoredBytes {
  /** Name in the label: how many bytes there were. */
  static final String SIZE = "bytes";

  private static final int MOST_AT_ONCE = 1 << 26;

  private final FileChannel file;
  private final SeekableByteChannel plain;
  private final long size;
  private final long key;

  SealedBytes(FileChannel file, SealedHeader header, SealingKey key) throws IOException {
    this.file = file;
    this.size = header.number(SIZE);
    this.key = key.id();
    long expected = header.bytes().length + key.sealedBytes(size);
    if (file.size() != expected) {
      throw new SealBrokenException(
          file.size() < expected
              ? "it is cut off: it has %,d of %,d bytes".formatted(file.size(), expected)
              : "%,d bytes follow its end".formatted(file.size() - expected));
    }
    try {
      plain =
          key.aead()
              .newSeekableDecryptingChannel(
                  new BehindHeader(file, header.bytes().length), header.bytes());
    } catch (GeneralSecurityException | IOException e) {
      throw changed();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private SealBrokenException changed() {
    return new SealBrokenException(
        "it was changed after it was written: its bytes fail authentication with key "
            + key
            + ", which it names");
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    try {
      plain.position(at);
      return plain.read(into);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException e) {
      throw changed(); // what fails on the disk comes unchecked
    }
  }

  @Override
  public boolean encrypted() {
    return true;
  }

  @Override
  public MemorySegment view(long at, long bytes, Arena arena) throws IOException {
    MemorySegment copy = arena.allocate(bytes);
    for (long done = 0; done < bytes; ) {
      long rest = Math.min(MOST_AT_ONCE, bytes - done);
      int count = read(copy.asSlice(done, rest).asByteBuffer(), at + done);
      if (count < 0) {
        throw changed();
      }
      done += count;
    }
    return copy;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * What is encrypted. A failing disk is thrown unchecked, so that it is not taken for a change.
   */
  private static final class BehindHeader implements SeekableByteChannel {
    private final FileChannel file;
    private final int header;
    private long position;

    BehindHeader(FileChannel file, int header) {
      this.file = file;
      this.header = header;
    }

    @Override
    public int read(ByteBuffer into) {
      try {
        int count = file.read(into, header + position);
        position += Math.max(0, count);
        return count;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long to) {
      position = to;
      return this;
    }

    @Override
    public long size() {
      try {
        return file.size() - header;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int write(ByteBuffer from) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
