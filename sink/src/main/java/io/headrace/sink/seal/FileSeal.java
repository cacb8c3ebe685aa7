package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How files that are written in one go come to the disk and back: as they are, or encrypted and
 * bound to what they are. Immutable and thread-safe.
 */
public final class FileSeal {
  /** Writes files as they are, and opens only such. */
  public static final FileSeal NONE = new FileSeal(null, false);

  private static final int PIECE_BYTES = 1 << 16;

  private final @Nullable KeyRing keys;
  private final boolean everything;

  private FileSeal(@Nullable KeyRing keys, boolean everything) {
    this.keys = keys;
    this.everything = everything;
  }

  /** Encrypts all files, and opens no others: who could write one could put in what they like. */
  public static FileSeal of(KeyRing keys) {
    return new FileSeal(keys, true);
  }

  /** Opens files that are encrypted and files that are not; those that it writes are. */
  public static FileSeal ofEither(KeyRing keys) {
    return new FileSeal(keys, false);
  }

  /** Whether files that it writes are encrypted. */
  public boolean encrypts() {
    return keys != null;
  }

  /**
   * Where a file is to be written to.
   *
   * @param to at its start; stays open when what is returned is closed, which ends the file and
   *     throws what writing it met; to be left alone until then
   * @param label what the file is: can be read without a key, and changed by nobody
   * @param bytes how many will be written
   */
  public WritableByteChannel writer(FileChannel to, Map<String, String> label, long bytes)
      throws IOException {
    if (keys == null) {
      return new StaysOpen(to);
    }
    SealingKey key = keys.primary();
    var all = new TreeMap<>(label);
    all.put(SealedBytes.SIZE, Long.toString(bytes));
    SealedHeader header = SealedHeader.of(key.id(), all);
    for (ByteBuffer head = ByteBuffer.wrap(header.bytes()); head.hasRemaining(); ) {
      to.write(head);
    }
    try {
      return new ThroughHeap(
          key.aead().newEncryptingChannel(new WriteBehind(to), header.bytes()),
          ByteBuffer.allocate(PIECE_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was checked", e);
    }
  }

  /**
   * The same for files that are added to.
   *
   * @param job whose they are; empty to read those of any job
   */
  public BlockSeal blocks(Optional<String> job) {
    return keys == null ? BlockSeal.NONE : new KeyedBlocks(keys, job, everything);
  }

  /**
   * Opens a file to read, whether it is encrypted or not.
   *
   * @throws HeadraceException if its key is not at hand
   * @throws SealBrokenException if it is cut off or was changed, or is not encrypted but should be
   */
  public StoredBytes open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      return open(file, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private StoredBytes open(Path file, FileChannel channel) throws IOException {
    Optional<SealedHeader> header = SealedHeader.read(channel);
    if (header.isEmpty()) {
      if (everything) {
        throw new SealBrokenException(
            "it is not encrypted, and all that is kept with encryption.keys must be. If it is yours, headrace keys rewrap --plain JOB.yaml encrypts it");
      }
      return new PlainBytes(channel);
    }
    if (keys == null) {
      throw new HeadraceException(
          "%s is encrypted, with key %d. Give its key set: --keys FILE with a command, encryption.keys in a job."
              .formatted(file, header.get().key()));
    }
    return new SealedBytes(channel, header.get(), keys.key(header.get().key(), file.toString()));
  }

  /**
   * What an encrypted file says it is, which nobody has checked; empty for others.
   *
   * @throws SealBrokenException if that cannot be read
   */
  public static Optional<Map<String, String>> label(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return SealedHeader.read(channel).map(SealedHeader::label);
    }
  }

  /**
   * Whether a file is encrypted as this would encrypt it now.
   *
   * @return false for one that is not encrypted, or with a key that is not the primary one
   * @throws SealBrokenException if its label cannot be read
   */
  public boolean isCurrent(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      Optional<SealedHeader> header = SealedHeader.read(channel);
      return keys != null && header.isPresent() && header.get().key() == keys.primary().id();
    }
  }

  private record StaysOpen(FileChannel to) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer from) throws IOException {
      return to.write(from);
    }

    @Override
    public boolean isOpen() {
      return to.isOpen();
    }

    @Override
    public void close() {}
  }

  /**
   * Takes what lies outside the heap there first, in pieces: it costs a third less to encrypt from
   * an array, the copying included.
   */
  private record ThroughHeap(WritableByteChannel to, ByteBuffer piece)
      implements WritableByteChannel {
    @Override
    public int write(ByteBuffer from) throws IOException {
      int count = Math.min(from.remaining(), piece.capacity());
      piece.clear().put(from.slice(from.position(), count)).flip();
      while (piece.hasRemaining()) {
        to.write(piece);
      }
      from.position(from.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return to.isOpen();
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}
