package io.headrace.ingest.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The numbers of tokens, from 0 on, found by their UTF-8 bytes. Immutable, for any thread. */
public final class TokenTable {
  private final byte[][] tokens;

  /** Open addressing: a token's number + 1, or 0 where there is none. */
  private final int[] slots;

  public TokenTable(List<String> tokens) {
    this.tokens =
        tokens.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    slots = new int[Integer.highestOneBit(Math.max(tokens.size(), 4)) * 4];
    for (int i = 0; i < this.tokens.length; i++) {
      int slot = slot(this.tokens[i], 0, this.tokens[i].length);
      if (slots[slot] == 0) {
        slots[slot] = i + 1;
      }
    }
  }

  /** The number of a token, the first where it is there twice; -1 if it is not there. */
  public int find(byte[] bytes, int offset, int length) {
    return slots[slot(bytes, offset, length)] - 1;
  }

  private int slot(byte[] bytes, int offset, int length) {
    int slot = hash(bytes, offset, length) & slots.length - 1;
    while (slots[slot] != 0 && !is(tokens[slots[slot] - 1], bytes, offset, length)) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  static int hash(byte[] bytes, int offset, int length) {
    int hash = 0;
    for (int i = offset; i < offset + length; i++) {
      hash = hash * 31 + bytes[i];
    }
    return (hash * 0x9e3779b9) >>> 7;
  }

  static boolean is(byte[] token, byte[] bytes, int offset, int length) {
    return Arrays.equals(token, 0, token.length, bytes, offset, offset + length);
  }
}
