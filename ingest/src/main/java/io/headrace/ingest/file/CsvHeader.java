package io.headrace.ingest.file;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.util.List;

/** Reads the names of columns from a CSV file's first record. */
final class CsvHeader {
  private CsvHeader() {}

  static List<String> columns(String line, char delimiter) throws IOException {
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder().fieldSeparator(delimiter).ofCsvRecord(line)) {
      return reader.iterator().next().getFields().stream().map(String::strip).toList();
    }
  }
}
