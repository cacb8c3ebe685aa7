package io.headrace.ingest.file;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.FieldPath;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.ColumnSchema;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.UnpackLimit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file, as Avro's binary encoding would have them: a chunk is a run of
 * records, as of an Avro container's block. Nested columns are left out.
 *
 * <p>A row group is read through once before its rows are given, so that whether it is damaged does
 * not depend on how far reading has come when the damage is met: a damaged one is one fault, which
 * settles as many rows as the file says it holds. No more than a few batches of rows are held.
 */
final class ParquetRecords implements FileRecords {
  private static final int BATCH_ROWS = 4096;
  private static final int BATCHES_AT_ONCE = 4; // or so, of which one is read
  private static final int CHUNK_BYTES = 256 << 10;

  private final SourceFile file;
  private final FileLimits limits;
  private final long from;
  private final ParquetFileReader reader;
  private final List<RowGroup> groups;
  private final List<ParquetColumn> columns;
  private final ColumnProjection projection;
  private final Set<String> names;
  private final Schema schema;
  private final FileChannel channel;
  private final ParquetPages pages;
  private int group;
  private long groupStart;
  private long position;
  private @Nullable ColumnReaders open;
  private ParquetColumn.Values[] values = {};
  private int row;
  private int batchRows;
  private int batchSize = BATCH_ROWS;

  /**
   * @throws IOException if it is no Parquet file, or what its end says of it is damaged
   */
  ParquetRecords(SourceFile file, FileLimits limits, long from) throws IOException {
    this.file = file;
    this.limits = limits;
    this.from = from;
    channel = FileChannel.open(file.path());
    try {
      ParquetFooter.requireSound(channel);
      reader = ParquetFileReader.open(InputFile.of(file.path()));
    } catch (IOException | RuntimeException e) { // damage is met with exceptions of many kinds
      channel.close();
      throw damaged(e);
    }
    try {
      groups = reader.getFileMetaData().rowGroups();
      requireSound(reader.getFileMetaData().numRows());
      columns = columns(reader.getFileSchema().getColumns(), limits);
      names = columns.stream().map(ParquetColumn::name).collect(Collectors.toUnmodifiableSet());
      projection = ColumnProjection.columns(names.toArray(String[]::new));
      schema = schema(columns);
      pages = new ParquetPages(channel);
    } catch (IOException | RuntimeException e) {
      close();
      throw damaged(e);
    }
  }

  private static List<ParquetColumn> columns(List<ColumnSchema> all, FileLimits limits)
      throws IOException {
    List<ColumnSchema> flat =
        all.stream()
            .filter(column -> column.fieldPath().elements().size() == 1)
            .filter(column -> column.maxRepetitionLevel() == 0)
            .toList();
    if (flat.isEmpty()) {
      throw new IOException("it has no column that is not nested");
    }
    for (ColumnSchema column : flat) {
      Integer width = column.typeLength();
      if (width != null && (width < 0 || width > limits.maxRecordBytes())) {
        throw new IOException(
            "the values of column %s cannot have %d bytes each, as max-record-bytes is %d"
                .formatted(column.name(), width, limits.maxRecordBytes()));
      }
    }
    return flat.stream().map(ParquetColumn::of).toList();
  }

  private static IOException damaged(Exception e) {
    return new IOException(reason(e), e);
  }

  private void requireSound(long rows) throws IOException {
    long sum = 0;
    for (RowGroup each : groups) {
      if (each.numRows() < 0 || sum + each.numRows() < sum || each.columns().isEmpty()) {
        throw new IOException("a row group cannot have " + each.numRows() + " rows");
      }
      sum += each.numRows();
    }
    if (sum != rows) {
      throw new IOException(
          "its row groups have " + sum + " rows, but the file is said to have " + rows);
    }
  }

  /** Columns may have names that Avro has not. */
  @SuppressWarnings("deprecation") // without a text to parse there is no other way to say so
  private static Schema schema(List<ParquetColumn> columns) {
    NameValidator usual = Schema.getNameValidator();
    Schema.setNameValidator(NameValidator.NO_VALIDATION);
    try {
      return Schema.createRecord(
          "Parquet",
          null,
          null,
          false,
          columns.stream().map(c -> new Schema.Field(c.name(), c.schema())).toList());
    } finally {
      Schema.setNameValidator(usual);
    }
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    while (group < groups.size()) {
      if (open == null && !openGroup(chunk)) {
        return true;
      }
      if (open != null && readRows(chunk)) {
        return true;
      }
    }
    if (position < from) {
      throw FileRecords.shrunk(file, position, from);
    }
    return false;
  }

  /** Opens the group, or passes over it: whether the chunk does not tell of a damaged one. */
  private boolean openGroup(RecordChunk chunk) {
    RowGroup next = groups.get(group);
    if (groupStart + next.numRows() <= from || next.numRows() == 0) {
      passGroup();
      return true;
    }
    try {
      requireWhole(next.numRows());
      open = readers();
      row = 0;
      batchRows = 0;
      position = groupStart;
      return true;
    } catch (IOException | RuntimeException e) { // damage is met with exceptions of many kinds
      fault(next, reason(e), chunk);
      return false;
    }
  }

  private void fault(RowGroup damaged, String reason, RecordChunk chunk) {
    long first = Math.max(groupStart, from);
    chunk.start(file.partition(), first);
    chunk.placeAt(begin(group));
    chunk.addFault(
        RejectionReason.MALFORMED,
        "%s: row group %d, which begins at byte %d and has %d rows from %d on, cannot be read: %s"
            .formatted(file.name(), group, begin(group), damaged.numRows(), groupStart, reason),
        first,
        0);
    passGroup();
    chunk.settleUpTo(position);
  }

  private void passGroup() {
    groupStart += groups.get(group).numRows();
    position = groupStart;
    group++;
  }

  private long begin(int index) {
    return groups.get(index).columns().getFirst().chunkStartOffset();
  }

  private ColumnReaders readers() {
    long end = group + 1 < groups.size() ? begin(group + 1) : Long.MAX_VALUE;
    return reader
        .buildColumnReaders(projection)
        .filter(RowGroupPredicate.byteRange(begin(group), end))
        .batchSize(batchSize)
        .build();
  }

  private void requireWhole(long rows) throws IOException {
    long atOnce = 0; // a page of each column
    long rowBytes = 0;
    for (ColumnChunk chunk : groups.get(group).columns()) {
      FieldPath path = chunk.metaData().pathInSchema();
      if (names.contains(path.leafName()) && path.elements().size() == 1) {
        try {
          ParquetPages.Sizes sizes = pages.requireSound(chunk, rows);
          atOnce += sizes.page();
          rowBytes += hasLengths(chunk) ? sizes.value() : 0;
        } catch (IOException e) {
          throw new IOException("column " + path.leafName() + ": " + e.getMessage(), e);
        }
      }
    }
    if (atOnce / 2 > UnpackLimit.bytes()) {
      throw new IOException(
          "a page of each column takes %d bytes, unpacked, more than the %d that they may have in this process. Give it more memory, or write smaller pages"
              .formatted(atOnce, 2L * UnpackLimit.bytes()));
    }
    batchSize =
        Math.clamp(UnpackLimit.bytes() / BATCHES_AT_ONCE / Math.max(1, rowBytes), 1, BATCH_ROWS);
    long found = 0;
    try (ColumnReaders whole = readers()) {
      while (whole.nextBatch()) {
        open(whole);
        found += whole.getRecordCount();
      }
    }
    if (found != rows) {
      throw new IOException("it has " + found + " rows");
    }
  }

  private static boolean hasLengths(ColumnChunk chunk) {
    return switch (chunk.metaData().type()) {
      case BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> true;
      default -> false;
    };
  }

  private ParquetColumn.Values[] open(ColumnReaders batch) {
    var opened = new ParquetColumn.Values[columns.size()];
    for (int i = 0; i < opened.length; i++) {
      ParquetColumn column = columns.get(i);
      opened[i] = column.opener().apply(batch.getColumnReader(column.name()));
    }
    return opened;
  }

  /** Fills the chunk with rows of the group; false, and the group is passed, if none are left. */
  private boolean readRows(RecordChunk chunk) {
    boolean more = true;
    int count = 0;
    int filled = 0;
    while (count < limits.chunkRows() && filled < CHUNK_BYTES) {
      if (row == batchRows) {
        more = nextBatch();
        if (!more) {
          break;
        }
      }
      if (position < from) {
        skipRows();
        continue;
      }
      if (count == 0) {
        chunk.start(file.partition(), position);
        chunk.placeAt(begin(group));
      }
      int most = most(row);
      if (most > limits.maxRecordBytes()) {
        if (count == 0) {
          tooLarge(chunk);
          return true;
        }
        break;
      }
      filled = write(chunk.reserve(filled + most), filled);
      count++;
      row++;
      position++;
    }
    if (count > 0) {
      chunk.addReservedRun(filled, count, position - count, schema);
    }
    if (!more) {
      closeGroup();
    }
    return count > 0;
  }

  private boolean nextBatch() {
    ColumnReaders batch = open;
    if (batch == null || !batch.nextBatch()) {
      return false;
    }
    values = open(batch);
    batchRows = batch.getRecordCount();
    row = 0;
    return true;
  }

  private void skipRows() {
    int skipped = (int) Math.min(batchRows - row, from - position);
    row += skipped;
    position += skipped;
  }

  private int most(int at) {
    long most = 0;
    for (ParquetColumn.Values column : values) {
      most += column.most(at);
    }
    return (int) Math.min(most, Integer.MAX_VALUE);
  }

  private int write(byte[] to, int from) {
    int at = from;
    for (ParquetColumn.Values column : values) {
      at += column.write(row, to, at);
    }
    return at;
  }

  private void tooLarge(RecordChunk chunk) {
    chunk.addFault(
        RejectionReason.TOO_LARGE,
        "%s: row %d is larger than max-record-bytes, %d"
            .formatted(file.name(), position, limits.maxRecordBytes()),
        position,
        0);
    row++;
    position++;
  }

  private void closeGroup() {
    ColumnReaders whole = open;
    if (whole != null) {
      open = null;
      values = new ParquetColumn.Values[0];
      whole.close();
      passGroup();
    }
  }

  private static String reason(Exception e) {
    Throwable cause = e;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  @Override
  public void close() throws IOException {
    try (channel;
        reader) {
      if (open != null) {
        open.close();
      }
    }
  }
}
