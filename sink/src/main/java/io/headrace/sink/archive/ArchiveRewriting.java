package io.headrace.sink.archive;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.seal.BlockOutput;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.Rewriting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** Encrypts the files of an archive anew, while no job writes to it. Stateless. */
public final class ArchiveRewriting {
  private static final int ENCRYPTED_AT_ONCE = 1 << 20;

  private ArchiveRewriting() {}

  /**
   * Writes every wanted file anew, each in one rename.
   *
   * @param from opens the files as they are
   * @return how many
   * @throws HeadraceException if a job writes to it, or a file cannot be opened
   */
  public static int rewrite(
      Path directory, String job, Predicate<Path> wanted, FileSeal from, FileSeal to)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (var lock = DirectoryLock.hold("archive.directory", directory)) {
      assert lock != null;
      var folder = new ArchiveFolder(directory, from);
      int rewritten = cuts(folder, job, wanted, from, to);
      for (ArchiveFolder.Aside aside : folder.aside()) {
        rewritten += cuts(new ArchiveFolder(aside.folder(), from), job, wanted, from, to);
      }
      return rewritten;
    }
  }

  private static int cuts(
      ArchiveFolder folder, String job, Predicate<Path> wanted, FileSeal from, FileSeal to)
      throws IOException {
    int rewritten = 0;
    BlockSeal before = from.blocks(Optional.of(job));
    BlockSeal after = to.blocks(Optional.of(job));
    for (String name : folder.cutNames()) {
      Cut cut = folder.read(name);
      for (Segment segment : cut.segments()) {
        Path file = folder.path(segment.file());
        if (wanted.test(file)) {
          segment(file, before, after);
          rewritten++;
        }
      }
      if (wanted.test(folder.path(name))) {
        Rewriting.whole(folder.path(name), from, to, ArchiveFolder.label(cut));
        rewritten++;
      }
    }
    return rewritten;
  }

  private static void segment(Path file, BlockSeal from, BlockSeal to) throws IOException {
    if (from.of(file, SegmentWriter.KIND, "").map(BlockCipher::encrypts).orElse(false)) {
      Rewriting.blocks(file, from, to, SegmentWriter.KIND, "");
      return;
    }
    BlockCipher after = to.begin(SegmentWriter.KIND, "");
    Rewriting.replace(
        file,
        channel -> {
          channel.write(ByteBuffer.wrap(after.head()));
          var out = new BlockOutput(channel, after);
          try (InputStream plain = Files.newInputStream(file)) {
            byte[] bytes = plain.readNBytes(ENCRYPTED_AT_ONCE);
            while (bytes.length > 0) {
              out.write(bytes, 0, bytes.length);
              out.flush();
              bytes = plain.readNBytes(ENCRYPTED_AT_ONCE);
            }
          }
        });
  }
}
