package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Writes files anew with the primary key of a key ring. Each changes in one rename: killed at any
 * moment, it is the old one or the new one. Nobody else may write to them meanwhile. Stateless.
 */
public final class Rewriting {
  private static final int BUFFER_BYTES = 1 << 20;

  private Rewriting() {}

  /**
   * A file that was written in one go.
   *
   * @param label of the new one; see {@link FileSeal#writer}
   * @throws SealBrokenException if the file is damaged; it is then left as it is
   */
  public static void whole(Path file, FileSeal from, FileSeal to, Map<String, String> label)
      throws IOException {
    try (StoredBytes in = from.open(file)) {
      replace(
          file,
          channel -> {
            try (WritableByteChannel out = to.writer(channel, label, in.size())) {
              ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
              for (long at = 0; at < in.size(); at += buffer.limit()) {
                buffer.clear();
                if (in.read(buffer, at) < 1) {
                  throw new IOException("it ends after " + at + " bytes");
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                  out.write(buffer);
                }
              }
            }
          });
    }
  }

  /** A file of frames as {@link BlockOutput} writes them, up to the last whole one. */
  public static void blocks(Path file, BlockSeal from, BlockSeal to, String kind, String name)
      throws IOException {
    BlockCipher before =
        from.of(file, kind, name)
            .orElseThrow(
                () ->
                    new HeadraceException(
                        file + " ends before its first block. Delete it: there is nothing in it."));
    replace(
        file,
        channel -> {
          BlockCipher after = to.begin(kind, name);
          var out = new BlockOutput(channel, after);
          channel.write(ByteBuffer.wrap(after.head()));
          try (var in = new BlockInput(file, before)) {
            for (byte[] block = in.nextBlock(); block.length > 0; block = in.nextBlock()) {
              out.write(block);
              out.flush();
            }
          }
        });
  }

  /** Writes a file's successor. */
  public interface Writer {
    /**
     * Writes all of it.
     *
     * @param to the new file, at its start; who closes it forces it before
     */
    void write(FileChannel to) throws IOException;
  }

  /** Puts what is written in the place of a file, once it is durable. */
  public static void replace(Path file, Writer writer) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        writer.write(channel);
        if (channel.isOpen()) {
          channel.force(true);
        }
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel folder =
          FileChannel.open(file.toAbsolutePath().resolveSibling(".").normalize())) {
        folder.force(true);
      }
    }
  }
}
