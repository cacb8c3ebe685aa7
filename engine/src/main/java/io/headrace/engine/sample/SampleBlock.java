package io.headrace.engine.sample;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Samples as columns: every input, label, weight, event time and position of up to {@code capacity}
 * rows, all of one source partition, and how many records before and between them were rejected or
 * filtered.
 *
 * <p>Not thread-safe. A block is pooled: it belongs to the decoder that fills it, then to each
 * transform in turn, then to the assembler, which copies its rows and gives it back.
 */
public final class SampleBlock {
  private final SampleSchema schema;
  private final int capacity;
  private final List<Column> columns;
  private final float[] labels;
  private final float[] weights;
  private final long[] eventTimes;
  private final long[] positions;
  private final SourcePartition[] partitions;
  private final int[] rejectedThrough;
  private final int[] filteredThrough;
  private SourcePartition partition = NOWHERE;
  private int size;
  private int rejected;
  private int filtered;
  private long lost;
  private long nextPosition;
  private boolean caughtUp;
  private boolean shuffled;
  private long firstSettled;

  private static final SourcePartition NOWHERE = new SourcePartition("", 0);

  public SampleBlock(SampleSchema schema, int capacity) {
    this.schema = schema;
    this.capacity = capacity;
    this.columns =
        schema.inputs().stream().map(input -> Column.of(input.spec(), capacity)).toList();
    this.labels = new float[capacity];
    this.weights = new float[capacity];
    this.eventTimes = new long[capacity];
    this.positions = new long[capacity];
    this.partitions = new SourcePartition[capacity];
    this.rejectedThrough = new int[capacity];
    this.filteredThrough = new int[capacity];
  }

  /** Empties the block for records of {@code partition}, the first of them at {@code position}. */
  public void start(SourcePartition partition, long position) {
    this.partition = partition;
    this.nextPosition = position;
    size = 0;
    rejected = 0;
    filtered = 0;
    lost = 0;
    caughtUp = false;
    shuffled = false;
    columns.forEach(Column::clear);
  }

  /**
   * Empties the block for records that come in another order than that of their positions: the
   * first of them settles {@code position}, and each of the others the one behind.
   */
  public void startShuffled(SourcePartition partition, long position) {
    start(partition, position);
    shuffled = true;
    firstSettled = position;
  }

  /** Ends the row under construction. {@code position} is that of its record. */
  public void commitRow(float label, float weight, long eventTimeMillis, long position) {
    for (Column column : columns) {
      column.commit(size);
    }
    labels[size] = label;
    weights[size] = weight;
    eventTimes[size] = eventTimeMillis;
    positions[size] = position;
    partitions[size] = partition;
    rejectedThrough[size] = rejected;
    filteredThrough[size] = filtered;
    size++;
    nextPosition = position + 1;
  }

  /** Forgets the row under construction and counts its record, at {@code position}, as rejected. */
  public void rejectRow(long position) {
    discardRow();
    rejected++;
    nextPosition = position + 1;
  }

  /** Forgets the row under construction and counts its record, at {@code position}, as filtered. */
  public void filterRow(long position) {
    discardRow();
    filtered++;
    nextPosition = position + 1;
  }

  /** Forgets the row under construction. */
  public void discardRow() {
    for (Column column : columns) {
      column.discard(size);
    }
  }

  /** Says that everything before {@code position} is settled here, gaps in the source included. */
  public void settleUpTo(long position) {
    nextPosition = position;
  }

  /** Counts positions before the next one that are gone from the source; a block without rows. */
  public void lose(long positions) {
    lost = positions;
  }

  /** Keeps the rows that {@code keep} says true for, in their order; the others are filtered. */
  public void retainRows(IntPredicate keep) {
    int kept = 0;
    for (int row = 0; row < size; row++) {
      if (keep.test(row)) {
        move(row, kept, row - kept);
        kept++;
      }
    }
    filtered += size - kept;
    size = kept;
    discardRow();
  }

  private void move(int from, int to, int filteredBetween) {
    if (from == to) {
      return;
    }
    for (Column column : columns) {
      column.move(from, to);
    }
    labels[to] = labels[from];
    weights[to] = weights[from];
    eventTimes[to] = eventTimes[from];
    positions[to] = positions[from];
    partitions[to] = partitions[from];
    rejectedThrough[to] = rejectedThrough[from];
    filteredThrough[to] = filteredThrough[from] + filteredBetween;
  }

  /** Appends rows {@code from} up to {@code to}, excluded, without their ledger. */
  public void appendRows(SampleBlock source, int from, int to) {
    int count = to - from;
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).append(source.columns.get(i), from, to, size);
    }
    System.arraycopy(source.labels, from, labels, size, count);
    System.arraycopy(source.weights, from, weights, size, count);
    System.arraycopy(source.eventTimes, from, eventTimes, size, count);
    System.arraycopy(source.positions, from, positions, size, count);
    System.arraycopy(source.partitions, from, partitions, size, count);
    size += count;
  }

  public SampleSchema schema() {
    return schema;
  }

  /** Rows in the block. */
  public int size() {
    return size;
  }

  public int capacity() {
    return capacity;
  }

  public Column column(int input) {
    return columns.get(input);
  }

  public DenseColumn dense(int input) {
    return (DenseColumn) columns.get(input);
  }

  public SparseColumn sparse(int input) {
    return (SparseColumn) columns.get(input);
  }

  public TokenColumn tokens(int input) {
    return (TokenColumn) columns.get(input);
  }

  /** Class index or number of each row. */
  public float[] labels() {
    return labels;
  }

  /** Importance of each row, 1 where the source gives none. */
  public float[] weights() {
    return weights;
  }

  /** Milliseconds since 1970 of each row. */
  public long[] eventTimes() {
    return eventTimes;
  }

  /** Source position of each row's record. */
  public long[] positions() {
    return positions;
  }

  public SourcePartition partition() {
    return partition;
  }

  /** Where row {@code row}'s record came from. */
  public SourcePartition partition(int row) {
    return partitions[row];
  }

  /** Position just past everything that is settled once row {@code row} is. */
  public long settledBy(int row) {
    return shuffled
        ? firstSettled + row + rejectedThrough[row] + filteredThrough[row] + 1
        : positions[row] + 1;
  }

  /** Position just past the last record settled in this block. */
  public long nextPosition() {
    return nextPosition;
  }

  /** Records rejected in the block. */
  public int rejected() {
    return rejected;
  }

  /** Records filtered in the block. */
  public int filtered() {
    return filtered;
  }

  /** Positions that are gone from the source. */
  public long lost() {
    return lost;
  }

  /** Records rejected before row {@code row}'s record. */
  public int rejectedBefore(int row) {
    return rejectedThrough[row];
  }

  /** Records filtered before row {@code row}'s record. */
  public int filteredBefore(int row) {
    return filteredThrough[row];
  }

  /** Marks that, behind this block, the source had nothing more to give for the moment. */
  public void markCaughtUp() {
    caughtUp = true;
  }

  public boolean caughtUp() {
    return caughtUp;
  }
}
