package io.headrace.app.letters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A step in putting letters back: first that it is begun, then whether it was done. One line of
 * JSON. Immutable.
 *
 * @param replay names the attempt; the steps of one have the same
 * @param target e.g. {@code topic flights}; empty in steps behind the first, as the rest is
 * @param ends where the target's partitions ended before
 * @param letters what is put back, in this order
 * @param counts how often each was put back, this time included
 */
public record ReplayEntry(
    String replay,
    State state,
    long timeMillis,
    String target,
    Map<Integer, Long> ends,
    List<String> letters,
    List<Integer> counts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How far an attempt is. */
  public enum State {
    BEGUN,
    DONE,
    UNDONE
  }

  public ReplayEntry {
    ends = Map.copyOf(ends);
    letters = List.copyOf(letters);
    counts = List.copyOf(counts);
  }

  ReplayEntry settled(boolean done, long timeMillis) {
    return new ReplayEntry(
        replay, done ? State.DONE : State.UNDONE, timeMillis, "", Map.of(), List.of(), List.of());
  }

  String line() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  static ReplayEntry parse(String line) throws JsonProcessingException {
    return JSON.readValue(line, ReplayEntry.class);
  }
}
