package io.headrace.ingest.file;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the names of columns from a CSV file's first record. */
final class CsvHeader {
  private CsvHeader() {}

  static List<String> columns(String line, char delimiter) throws IOException {
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder().fieldSeparator(delimiter).ofCsvRecord(line)) {
      return reader.iterator().next().getFields().stream().map(String::strip).toList();
    }
  }

  /**
   * The names in a file's first record; null if it has none.
   *
   * @throws HeadraceException if they cannot be read
   */
  static @Nullable List<String> read(
      SourceFile file, FileFormat.Csv csv, RecordScan scan, ByteWindow window) throws IOException {
    return switch (scan.next()) {
      case END, LATER, DAMAGED -> null;
      case RECORD -> {
        int length = scan.end() - scan.start();
        yield columns(
            new String(window.bytes(), scan.start(), length, StandardCharsets.UTF_8),
            csv.delimiter());
      }
      case TOO_LARGE, QUOTE_NOT_CLOSED ->
          throw new HeadraceException(
              file.path()
                  + ": the first line cannot be read as names of columns. If the file has no"
                  + " header line, set header: false and name its columns");
    };
  }
}
