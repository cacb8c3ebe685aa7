package io.headrace.sink.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes a new file from memory straight to the disk, without a copy in the system's cache of
 * files: that copy is of no use to who writes, and making room for it is most of the work of
 * writing. Bytes are gathered to pieces of whole blocks, as the disk wants them; the last one is
 * filled up with zeros, which {@link #finish} cuts off again. The first bytes may be told at the
 * end. Not thread-safe.
 */
final class PastCache implements WritableByteChannel {
  private static final int PIECE_BYTES = 1 << 20;

  /** The JDK's own option, in a module of which nobody promises that it stays. */
  private static final Optional<OpenOption> DIRECT = direct();

  private final FileChannel file;
  private final int block;
  private final ByteBuffer piece;

  /** The blocks that will change, as they were written. */
  private ByteBuffer start = ByteBuffer.allocate(0);

  private long written;

  private PastCache(FileChannel file, int block) {
    this.file = file;
    this.block = block;
    this.piece = ByteBuffer.allocateDirect(PIECE_BYTES + block).alignedSlice(block);
    piece.limit(PIECE_BYTES);
  }

  /**
   * Makes or empties a file.
   *
   * @return empty where system, disk or file system does not offer this
   */
  static Optional<PastCache> create(Path path) throws IOException {
    if (DIRECT.isEmpty()) {
      return Optional.empty();
    }
    long block = Files.getFileStore(path.toAbsolutePath().getParent()).getBlockSize();
    if (block <= 0 || PIECE_BYTES % block != 0) {
      return Optional.empty();
    }
    try {
      FileChannel file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE,
              DIRECT.get());
      return Optional.of(new PastCache(file, (int) block));
    } catch (IOException | UnsupportedOperationException _) {
      return Optional.empty(); // what else is wrong shows when it is opened in the usual way
    }
  }

  private static Optional<OpenOption> direct() {
    try {
      Object[] options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
      return Arrays.stream(options)
          .map(OpenOption.class::cast)
          .filter(option -> option.toString().equals("DIRECT"))
          .findFirst();
    } catch (ClassNotFoundException _) {
      return Optional.empty();
    }
  }

  /** To be called before anything is written, by whoever gives the first bytes to the end. */
  void startWillChange(int bytes) {
    int whole = Math.ceilDiv(bytes, block) * block;
    start = ByteBuffer.allocateDirect(whole + block).alignedSlice(block).slice(0, whole);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int count = Math.min(from.remaining(), piece.remaining());
    piece.put(from.slice(from.position(), count));
    from.position(from.position() + count);
    if (!piece.hasRemaining()) {
      writePiece();
    }
    return count;
  }

  private void writePiece() throws IOException {
    piece.flip();
    int kept = Math.min(start.remaining(), piece.remaining());
    start.put(piece.slice(0, kept));
    written += piece.remaining();
    while (piece.hasRemaining()) {
      file.write(piece);
    }
    piece.clear().limit(PIECE_BYTES);
  }

  /** Writes what is left, and returns when the file is durable. */
  void finish() throws IOException {
    finish(ByteBuffer.allocate(0));
  }

  /**
   * The same, with other first bytes.
   *
   * @param first no more than were announced, and than were written
   */
  void finish(ByteBuffer first) throws IOException {
    long bytes = written + piece.position();
    while (piece.position() % block != 0) {
      piece.put((byte) 0);
    }
    writePiece();
    if (first.hasRemaining()) {
      start.flip().put(0, first, first.position(), first.remaining());
      while (start.hasRemaining()) {
        file.write(start, start.position());
      }
    }
    file.truncate(bytes);
    file.force(true);
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
