package io.headrace.ingest.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file for readers that go to and fro in it: parts of it that are packed are unpacked into
 * temporary ones, which are gone once this is closed; whoever has opened them may read on. Not
 * thread-safe.
 */
final class PlainFile implements Closeable {
  private static final double MOST_OF_FREE_SPACE = 0.5;
  private static final int PIECE_BYTES = 1 << 16;

  private final List<Path> temporary = new ArrayList<>();
  private final SourceFile file;
  private final double share;

  /**
   * @throws IOException if a part cannot be read, or is packed and damaged
   */
  PlainFile(SourceFile packed) throws IOException {
    this(packed, MOST_OF_FREE_SPACE);
  }

  /**
   * @param share of the free space that a part may take unpacked
   */
  PlainFile(SourceFile packed, double share) throws IOException {
    this.share = share;
    List<Path> parts = new ArrayList<>();
    try {
      for (Path part : packed.parts()) {
        parts.add(Unpacked.isPacked(part) ? unpacked(part) : part);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    file = new SourceFile(packed.partition(), List.copyOf(parts), packed.naming());
  }

  private Path unpacked(Path part) throws IOException {
    Path plain = Files.createTempFile("headrace-", ".unpacked");
    temporary.add(plain);
    try (InputStream in = Rotations.unpacked(part);
        var out = Files.newOutputStream(plain)) {
      long most = (long) (Files.getFileStore(plain).getUsableSpace() * share);
      long written = 0;
      byte[] piece = new byte[PIECE_BYTES];
      for (int count; (count = in.read(piece)) >= 0; written += count) {
        if (written + count > most) {
          throw new IOException(
              "it unpacks to more than %d bytes, half of what is free in %s. Unpack it yourself, or set java.io.tmpdir to a place that has room"
                  .formatted(most, plain.getParent()));
        }
        out.write(piece, 0, count);
      }
    }
    return plain;
  }

  SourceFile file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    for (Path path : temporary) {
      Files.deleteIfExists(path);
    }
    temporary.clear();
  }
}
