package io.headrace.ingest.file;

import io.headrace.ingest.text.ByteScan;

/** Finds where records end in bytes that come piece by piece. Not thread-safe. */
interface RecordEnds {
  /** Begins a record. */
  void begin();

  /** Index just past the record's line break within the next bytes; -1 if it lies further on. */
  int find(byte[] bytes, int from, int to);

  /** Whether the bytes so far end within quotes. */
  boolean quoted();

  /** Index just past the next line feed; -1 if there is none. */
  static int pastLineFeed(byte[] bytes, int from, int to) {
    int at = ByteScan.find(bytes, from, to, '\n');
    return at < to ? at + 1 : -1;
  }

  /** Each line feed ends a record. */
  final class Lines implements RecordEnds {
    @Override
    public void begin() {}

    @Override
    public int find(byte[] bytes, int from, int to) {
      return pastLineFeed(bytes, from, to);
    }

    @Override
    public boolean quoted() {
      return false;
    }
  }

  /**
   * Each line feed outside of quotes ends a record. A quote opens only at the start of a field;
   * within quotes, two of them stand for one.
   */
  final class Csv implements RecordEnds {
    private static final int FIELD_START = 0;
    private static final int PLAIN = 1;
    private static final int QUOTED = 2;
    private static final int QUOTE_IN_QUOTES = 3;

    private final byte delimiter;
    private int state;

    Csv(char delimiter) {
      this.delimiter = (byte) delimiter;
    }

    @Override
    public void begin() {
      state = FIELD_START;
    }

    @Override
    public int find(byte[] bytes, int from, int to) {
      int now = state;
      for (int i = from; i < to; i++) {
        byte b = bytes[i];
        if (now == QUOTED) {
          now = b == '"' ? QUOTE_IN_QUOTES : QUOTED;
        } else if (b == '\n') {
          return i + 1;
        } else if (b == delimiter) {
          now = FIELD_START;
        } else if (b == '"' && now != PLAIN) {
          now = QUOTED;
        } else {
          now = PLAIN;
        }
      }
      state = now;
      return -1;
    }

    @Override
    public boolean quoted() {
      return state == QUOTED;
    }
  }
}
