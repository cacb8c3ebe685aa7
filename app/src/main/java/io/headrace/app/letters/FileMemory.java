package io.headrace.app.letters;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A memory in a file of lines, locked against other processes and forced to disk line by line. */
final class FileMemory implements ReplayMemory {
  private final Path file;
  private final FileChannel channel;
  private final List<ReplayEntry> entries;

  FileMemory(Path file) {
    this.file = file;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (lock() == null) {
        channel.close();
        throw new HeadraceException(
            "Another replay is adding to %s. Let it end, then look with list what is left."
                .formatted(file));
      }
      entries = read(file);
      endTornLine();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Held until the channel is closed. */
  private @Nullable FileLock lock() throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** A last line that a crash has torn says nothing: what it would have said was not done. */
  static List<ReplayEntry> read(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    List<ReplayEntry> entries = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && line.endsWith("}")) {
          entries.add(ReplayEntry.parse(line));
        }
      }
    } catch (JsonProcessingException e) {
      throw new HeadraceException(
          "%s is damaged (%s): nobody can tell what was put back. Restore it, or remove the damaged line."
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new HeadraceException("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
    return entries;
  }

  private void endTornLine() throws IOException {
    long size = channel.size();
    channel.position(size);
    ByteBuffer last = ByteBuffer.allocate(1);
    if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
  }

  @Override
  public List<ReplayEntry> entries() {
    return entries;
  }

  @Override
  public void add(ReplayEntry entry) {
    try {
      ByteBuffer line = ByteBuffer.wrap((entry.line() + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private HeadraceException failed(IOException e) {
    return new HeadraceException(
        "%s, which remembers what was put back, cannot be written: %s. Make it writable; nothing is put back without it."
            .formatted(file, e.getMessage()),
        e);
  }
}
