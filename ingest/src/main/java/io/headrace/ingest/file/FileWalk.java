package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reading of some files, one after the other. Not thread-safe. */
final class FileWalk implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(FileSampleSource.class);

  private final Iterator<SourceFile> files;
  private final FileFormat format;
  private final FileLimits limits;
  private final Positions from;
  private final ChunkPool pool;
  private @Nullable FileRecords open;

  FileWalk(
      List<SourceFile> files,
      FileFormat format,
      FileLimits limits,
      Positions from,
      ChunkPool pool) {
    this.files = files.iterator();
    this.format = format;
    this.limits = limits;
    this.from = from;
    this.pool = pool;
  }

  /** The next records; null when all files were read. */
  @Nullable RecordChunk next() {
    RecordChunk chunk = pool.take();
    boolean filled = false;
    try {
      filled = fill(chunk);
    } finally {
      if (!filled) {
        chunk.release();
      }
    }
    return filled ? chunk : null;
  }

  private boolean fill(RecordChunk chunk) {
    while (open != null || files.hasNext()) {
      if (open == null && opened(files.next(), chunk)) {
        return true;
      }
      FileRecords records = open;
      if (records != null && filled(records, chunk)) {
        return true;
      }
    }
    return false;
  }

  /** Opens a file, or makes the chunk say why it cannot be: whether the chunk holds that. */
  private boolean opened(SourceFile file, RecordChunk chunk) {
    long start = from.of(file.partition()).orElse(0);
    try {
      open = records(file, start);
      return false;
    } catch (HeadraceException e) {
      throw told(file, e);
    } catch (IOException e) {
      String wanted =
          switch (format) {
            case FileFormat.Avro _ -> "Avro container file";
            case FileFormat.Parquet _ -> "Parquet file";
            default -> "";
          };
      if (wanted.isEmpty() || e instanceof java.nio.file.FileSystemException) {
        throw told(file, failed(file.path().toString(), e));
      }
      return unreadable(file, wanted, start, e, chunk);
    }
  }

  private static HeadraceException told(SourceFile file, HeadraceException e) {
    String message = String.valueOf(e.getMessage());
    String told = file.told(message);
    return told.equals(message) ? e : new HeadraceException(told); // its cause has the names too
  }

  private FileRecords records(SourceFile file, long start) throws IOException {
    return switch (format) {
      case FileFormat.Lines lines -> new DelimitedRecords(file, lines, limits, start);
      case FileFormat.Csv csv -> new DelimitedRecords(file, csv, limits, start);
      case FileFormat.Folder folder -> new FolderRecords(file, limits, start);
      case FileFormat.Windows windows -> new WindowRecords(file, windows, limits, start);
      case FileFormat.Avro _, FileFormat.Parquet _, FileFormat.Idx _, FileFormat.Fixed _ -> {
        try (var plain = new PlainFile(file)) {
          yield seekable(plain.file(), start);
        }
      }
    };
  }

  private FileRecords seekable(SourceFile file, long start) throws IOException {
    return switch (format) {
      case FileFormat.Avro _ -> new AvroRecords(file, start);
      case FileFormat.Parquet _ -> new ParquetRecords(file, limits, start);
      case FileFormat.Idx _ -> new IdxRecords(file, limits, start);
      case FileFormat.Fixed fixed -> new FixedRecords(file, fixed.recordBytes(), limits, start);
      default -> throw new IllegalStateException(format + " is read from its beginning");
    };
  }

  /** A file as a whole is then one record. */
  private boolean unreadable(
      SourceFile file, String wanted, long start, Exception e, RecordChunk chunk) {
    String detail = file.name() + " is empty or no " + wanted + ": " + e.getMessage();
    LOG.warn("{}", detail);
    if (start > 0) {
      return false;
    }
    chunk.start(file.partition(), 0);
    chunk.placeAt(0);
    chunk.addFault(RejectionReason.MALFORMED, detail, 0, 0);
    return true;
  }

  private boolean filled(FileRecords records, RecordChunk chunk) {
    try {
      if (records.read(chunk)) {
        return true;
      }
      open = null;
      records.close();
      return false;
    } catch (IOException e) {
      throw failed("a source file", e);
    }
  }

  private static HeadraceException failed(String file, Exception e) {
    return new HeadraceException("reading " + file + " failed: " + e, e);
  }

  @Override
  public void close() {
    FileRecords records = open;
    open = null;
    if (records != null) {
      try {
        records.close();
      } catch (IOException e) {
        LOG.debug("closing a file failed", e);
      }
    }
  }
}
