package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** CSV as RFC 4180 has it, its fields known by the names of their columns. Not thread-safe. */
final class CsvFormat implements EachMasked {
  private final List<String> configured;
  private final char delimiter;
  private final List<String> cells = new ArrayList<>();
  private @Nullable List<String> columns;

  /**
   * @param columns empty if the source tells them
   */
  CsvFormat(List<String> columns, char delimiter) {
    this.configured = columns;
    this.delimiter = delimiter;
  }

  @Override
  public void begin(RecordChunk chunk) {
    columns = configured.isEmpty() ? chunk.header() : configured;
  }

  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into)
      throws UnreadableRecordException {
    List<String> names = columns;
    read(new String(bytes, start, end - start, StandardCharsets.UTF_8).stripTrailing());
    if (names == null || names.size() != cells.size()) {
      throw new UnreadableRecordException();
    }
    into.fields().begin(field -> value(names.indexOf(field)));
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        into.write(delimiter);
      }
      String cell = cells.get(i);
      String now = cell.isEmpty() ? cell : into.fields().masked(names.get(i), cell, Kind.TEXT);
      into.text(now == null ? "" : quoted(now));
    }
  }

  private Optional<String> value(int column) {
    return column < 0 ? Optional.empty() : Optional.of(cells.get(column)).filter(c -> !c.isEmpty());
  }

  private void read(String line) throws UnreadableRecordException {
    cells.clear();
    int at = 0;
    do {
      at = at < line.length() && line.charAt(at) == '"' ? quotedCell(line, at + 1) : cell(line, at);
    } while (at++ < line.length());
  }

  private int cell(String line, int start) {
    int end = line.indexOf(delimiter, start);
    end = end < 0 ? line.length() : end;
    cells.add(line.substring(start, end));
    return end;
  }

  /** Reads up to the delimiter behind the closing quote. */
  private int quotedCell(String line, int start) throws UnreadableRecordException {
    var cell = new StringBuilder();
    int at = start;
    while (true) {
      int quote = line.indexOf('"', at);
      if (quote < 0) {
        throw new UnreadableRecordException();
      }
      cell.append(line, at, quote);
      if (quote + 1 < line.length() && line.charAt(quote + 1) == '"') {
        cell.append('"');
        at = quote + 2;
      } else if (quote + 1 == line.length() || line.charAt(quote + 1) == delimiter) {
        cells.add(cell.toString());
        return quote + 1;
      } else {
        throw new UnreadableRecordException();
      }
    }
  }

  private String quoted(String cell) {
    boolean plain =
        cell.chars().noneMatch(c -> c == delimiter || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
