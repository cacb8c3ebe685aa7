package io.headrace.engine.sample;

import java.util.Arrays;

/**
 * A token sequence of every row: row r has {@code length(r)} ids from r * maxLength on, and zeros
 * up to row r + 1. Not thread-safe while it is written.
 */
public final class TokenColumn implements Column {
  private final int maxLength;
  private final int[] ids;
  private final int[] lengths;
  private int filled;

  TokenColumn(InputSpec.Tokens spec, int capacity) {
    this.maxLength = spec.maxLength();
    this.ids = new int[Math.multiplyExact(capacity, maxLength)];
    this.lengths = new int[capacity];
  }

  public int maxLength() {
    return maxLength;
  }

  /** Adds a token to the row under construction, row {@code row}; returns false if it is full. */
  public boolean add(int row, int id) {
    if (filled == maxLength) {
      return false;
    }
    ids[row * maxLength + filled++] = id;
    return true;
  }

  public int length(int row) {
    return lengths[row];
  }

  public int[] ids() {
    return ids;
  }

  @Override
  public void commit(int row) {
    lengths[row] = filled;
    Arrays.fill(ids, row * maxLength + filled, (row + 1) * maxLength, 0);
    filled = 0;
  }

  @Override
  public void discard(int row) {
    filled = 0;
  }

  @Override
  public void append(Column source, int from, int to, int atRow) {
    var other = (TokenColumn) source;
    System.arraycopy(other.lengths, from, lengths, atRow, to - from);
    System.arraycopy(other.ids, from * maxLength, ids, atRow * maxLength, (to - from) * maxLength);
  }

  @Override
  public void move(int from, int to) {
    lengths[to] = lengths[from];
    System.arraycopy(ids, from * maxLength, ids, to * maxLength, maxLength);
  }

  @Override
  public void clear() {
    filled = 0;
  }
}
