package io.headrace.ingest.text;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The numbers of tokens, from 0 on, in the order in which they were met, until there is no room for
 * more. A number never changes.
 *
 * <p>One thread adds, saves and restores; any thread may {@link #find} meanwhile. A slot is set
 * after its token, with release, and read with acquire: who finds a number finds its token whole.
 */
public final class GrowingVocabulary implements Stateful {
  /** The token has no number and will have none. */
  public static final int UNKNOWN = -1;

  /** The token has no number yet. */
  public static final int NOT_YET = -2;

  private static final int LONGEST_BYTES = 256;
  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  private final byte[][] tokens;

  /** Open addressing: a token's number + 1, or 0 where there is none. */
  private final AtomicIntegerArray slots;

  private volatile int size;

  /**
   * @param capacity most tokens
   */
  public GrowingVocabulary(int capacity) {
    tokens = new byte[capacity][];
    slots = new AtomicIntegerArray(Integer.highestOneBit(Math.max(capacity, 4)) * 4);
  }

  /** Tokens that have a number. */
  public int size() {
    return size;
  }

  /** The number of a token, or {@link #UNKNOWN}, or {@link #NOT_YET}. */
  public int find(byte[] bytes, int offset, int length) {
    boolean full = size == tokens.length; // before the search, which then finds all there are
    int mask = slots.length() - 1;
    int slot = TokenTable.hash(bytes, offset, length) & mask;
    for (int found = slots.getAcquire(slot); found != 0; found = slots.getAcquire(slot)) {
      if (TokenTable.is(tokens[found - 1], bytes, offset, length)) {
        return found - 1;
      }
      slot = slot + 1 & mask;
    }
    return full || length > LONGEST_BYTES ? UNKNOWN : NOT_YET;
  }

  /**
   * The number of a token, which gets the next one if it has none; {@link #UNKNOWN} if there is no
   * room, or if it has more than 256 bytes.
   *
   * @param token not changed afterwards
   */
  public int add(byte[] token) {
    int known = find(token, 0, token.length);
    if (known != NOT_YET) {
      return known;
    }
    int number = size;
    tokens[number] = token;
    int mask = slots.length() - 1;
    int slot = TokenTable.hash(token, 0, token.length) & mask;
    while (slots.getPlain(slot) != 0) {
      slot = slot + 1 & mask;
    }
    slots.setRelease(slot, number + 1);
    size = number + 1;
    return number;
  }

  @Override
  public void save(StateWriter to) {
    int count = size;
    var bytes = new ByteArrayOutputStream();
    MemorySegment lengths = MemorySegment.ofArray(new byte[count * Integer.BYTES]);
    for (int i = 0; i < count; i++) {
      bytes.writeBytes(tokens[i]);
      lengths.set(LENGTH, (long) i * Integer.BYTES, tokens[i].length);
    }
    long[] shape = {bytes.size()};
    to.tensor("bytes", TensorType.U8, shape, MemorySegment.ofArray(bytes.toByteArray()));
    to.tensor("lengths", TensorType.I32, new long[] {count}, lengths);
  }

  /** Forgets all tokens, and takes those that were saved. For the time before anyone finds. */
  @Override
  public void restore(StateReader from) {
    MemorySegment bytes = tensor(from, "bytes").data();
    Tensor lengths = tensor(from, "lengths");
    Arrays.fill(tokens, null);
    for (int slot = 0; slot < slots.length(); slot++) {
      slots.setPlain(slot, 0);
    }
    size = 0;
    long at = 0;
    for (int i = 0; i < lengths.shape().getFirst(); i++) {
      int length = lengths.data().get(LENGTH, (long) i * Integer.BYTES);
      if (add(bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE)) != i) {
        throw new HeadraceException(
            "The checkpoint's vocabulary has token " + i + " twice, or no room for it.");
      }
      at += length;
    }
  }

  private static Tensor tensor(StateReader from, String name) {
    return from.tensor(name)
        .orElseThrow(
            () -> new HeadraceException("The checkpoint lacks the vocabulary that the job grows."));
  }
}
