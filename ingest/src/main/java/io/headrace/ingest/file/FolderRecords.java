package io.headrace.ingest.file;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whole files as records: the name of each one's folder, a line feed, and the file's bytes. */
final class FolderRecords implements FileRecords {
  private static final int CHUNK_BYTES = 256 << 10;

  private final SourceFile folder;
  private final FileLimits limits;
  private int position;

  FolderRecords(SourceFile folder, FileLimits limits, long from) {
    this.folder = folder;
    this.limits = limits;
    if (from > folder.parts().size()) {
      throw FileRecords.shrunk(folder, folder.parts().size(), from);
    }
    position = (int) from;
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    chunk.start(folder.partition(), position);
    while (position < folder.parts().size()
        && chunk.count() < limits.chunkRows()
        && chunk.filled() < CHUNK_BYTES) {
      add(folder.parts().get(position), chunk);
      position++;
    }
    return chunk.count() > 0;
  }

  private void add(Path file, RecordChunk chunk) throws IOException {
    chunk.placeAt(0);
    chunk.placeIn(folder.told(file.toString()));
    long size = Files.size(file);
    if (size > limits.maxRecordBytes()) {
      chunk.addFault(
          RejectionReason.TOO_LARGE,
          "%s has %d bytes, more than max-record-bytes, %d"
              .formatted(folder.told(file.toString()), size, limits.maxRecordBytes()),
          position,
          0);
      return;
    }
    byte[] name = (ClassFolders.className(file) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] content = Files.readAllBytes(file);
    byte[] bytes = chunk.reserve(name.length + content.length);
    System.arraycopy(name, 0, bytes, chunk.filled(), name.length);
    System.arraycopy(content, 0, bytes, chunk.filled() + name.length, content.length);
    chunk.addReserved(name.length + content.length, position, 0);
  }

  @Override
  public void close() {}
}
