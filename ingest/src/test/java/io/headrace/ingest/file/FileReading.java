package io.headrace.ingest.file;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads files to their end and writes down what came, in order. */
final class FileReading {
  private final Path folder;
  private final FileFormat format;
  private final FileLimits limits;
  private final List<String> lines = new ArrayList<>();
  private List<String> header = List.of();

  FileReading(Path folder, FileFormat format, FileLimits limits) {
    this.folder = folder;
    this.format = format;
    this.limits = limits;
  }

  /** Positions with records, or with {@code reason: detail} of faults. */
  List<String> of(String path, Positions from) {
    lines.clear();
    new FileSampleSource(folder, path, format, limits).chunks(from).toIterable().forEach(this::see);
    return List.copyOf(lines);
  }

  List<String> of(String path) {
    return of(path, Positions.START);
  }

  List<String> of(String path, long from) {
    return of(path, Positions.of(Map.of(new SourcePartition(path, 0), from)));
  }

  List<String> header() {
    return header;
  }

  private void see(RecordChunk chunk) {
    List<String> named = chunk.header();
    header = named == null ? List.of() : named;
    if (!chunk.delimited()) {
      AvroFiles.read(chunk).forEach(seen -> lines.add(seen.position() + " " + seen.text()));
    } else {
      for (int i = 0; i < chunk.count(); i++) {
        lines.add(chunk.position(i) + " " + text(chunk, i));
      }
    }
    chunk.release();
  }

  private static String text(RecordChunk chunk, int i) {
    RecordChunk.Fault fault = chunk.fault(i);
    if (fault != null) {
      return fault.reason().code() + ": " + fault.detail();
    }
    int start = chunk.start(i);
    return new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8);
  }
}
