package io.headrace.ingest.file;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads every file of a folder in a small heap, and says what came of each on a line. */
final class ReadBombs {
  private static final FileLimits LIMITS = new FileLimits(1024, 4 << 20);

  private ReadBombs() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    List<String> names;
    try (Stream<Path> files = Files.list(folder)) {
      names = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    for (String name : names) {
      System.out.println(name + ": " + outcome(folder, name));
    }
  }

  private static String outcome(Path folder, String name) {
    FileFormat format =
        switch (name.substring(name.lastIndexOf('.') + 1)) {
          case "avro" -> new FileFormat.Avro();
          case "parquet" -> new FileFormat.Parquet();
          case "idx" -> new FileFormat.Idx(Optional.empty());
          case "csv" -> new FileFormat.Csv(',', false);
          default -> new FileFormat.Lines();
        };
    var told = new StringBuilder();
    long sound = 0;
    try {
      var source = new FileSampleSource(folder, name, format, LIMITS);
      for (RecordChunk chunk : source.chunks(Positions.START).toIterable(1)) {
        for (int i = 0; i < chunk.count(); i++) {
          RecordChunk.Fault fault = chunk.fault(i);
          if (fault == null) {
            sound++;
          } else {
            told.append(", ").append(fault.reason().code()).append(": ").append(fault.detail());
          }
        }
        chunk.release();
      }
    } catch (RuntimeException e) {
      told.append(", ").append(e.getClass().getSimpleName()).append(": ").append(e.getMessage());
    }
    return sound + " sound" + told.toString().replace('\n', ' ');
  }
}
