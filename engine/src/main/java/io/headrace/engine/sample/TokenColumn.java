package io.headrace.engine.sample;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A token sequence of every row: row r has {@code length(r)} ids from r * maxLength on, and zeros
 * up to row r + 1. Tokens whose ids are not known yet stand as numbers below 0 until {@link
 * #settle}. Not thread-safe while it is written.
 */
public final class TokenColumn implements Column {
  private final int maxLength;
  private final int[] ids;
  private final int[] lengths;
  private int filled;

  /** Different tokens that wait for their ids: token i stands as -1 - i. */
  private final List<byte[]> waiting = new ArrayList<>();

  private final Map<ByteBuffer, Integer> waitingIds = new HashMap<>();

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

  /** What to {@link #add} for a token whose id is not known yet; its bytes are copied. */
  public int waitingId(byte[] bytes, int offset, int length) {
    Integer known = waitingIds.get(ByteBuffer.wrap(bytes, offset, length));
    if (known != null) {
      return known;
    }
    int id = -1 - waiting.size();
    byte[] token = Arrays.copyOfRange(bytes, offset, offset + length);
    waiting.add(token);
    waitingIds.put(ByteBuffer.wrap(token), id);
    return id;
  }

  /**
   * Gives ids to all tokens that wait for one.
   *
   * @param rows of the column
   * @param ids asked once for each such token, in the order in which the rows have them
   */
  public void settle(int rows, ToIntFunction<byte[]> ids) {
    if (waiting.isEmpty()) {
      return;
    }
    int[] settled = new int[waiting.size()]; // 0, which is padding, stands for not asked yet
    for (int row = 0; row < rows; row++) {
      int first = row * maxLength;
      for (int i = first; i < first + lengths[row]; i++) {
        if (this.ids[i] < 0) {
          int token = -1 - this.ids[i];
          if (settled[token] == 0) {
            settled[token] = ids.applyAsInt(waiting.get(token));
          }
          this.ids[i] = settled[token];
        }
      }
    }
    forgetWaiting();
  }

  private void forgetWaiting() {
    if (!waiting.isEmpty()) {
      waiting.clear();
      waitingIds.clear();
    }
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
    if (!other.waiting.isEmpty()) {
      takeWaiting(other, atRow * maxLength, (atRow + to - from) * maxLength);
    }
  }

  /** Ids that were copied from {@code other} mean its tokens. */
  private void takeWaiting(TokenColumn other, int first, int end) {
    for (int i = first; i < end; i++) {
      if (ids[i] < 0) {
        byte[] token = other.waiting.get(-1 - ids[i]);
        ids[i] = waitingId(token, 0, token.length);
      }
    }
  }

  @Override
  public void move(int from, int to) {
    lengths[to] = lengths[from];
    System.arraycopy(ids, from * maxLength, ids, to * maxLength, maxLength);
  }

  @Override
  public void clear() {
    filled = 0;
    forgetWaiting();
  }
}
