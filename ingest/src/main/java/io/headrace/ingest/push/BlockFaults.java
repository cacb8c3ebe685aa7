package io.headrace.ingest.push;

import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why records of a masked block are not to be learned from, as bytes: their number, and for each
 * its place in the block and the {@link #text} of its fault with its length.
 */
final class BlockFaults {
  private BlockFaults() {}

  /** How many bytes these take. */
  static long bytes(Map<Integer, Fault> faults) {
    return Integer.BYTES
        + faults.values().stream().mapToLong(f -> 2L * Integer.BYTES + text(f).length).sum();
  }

  static void put(Map<Integer, Fault> faults, ByteBuffer to) {
    to.putInt(faults.size());
    new TreeMap<>(faults)
        .forEach(
            (record, fault) -> {
              byte[] text = text(fault);
              to.putInt(record).putInt(text.length).put(text);
            });
  }

  static Map<Integer, Fault> read(ByteBuffer from) {
    Map<Integer, Fault> faults = new HashMap<>();
    for (int left = from.getInt(); left > 0; left--) {
      int record = from.getInt();
      byte[] text = new byte[from.getInt()];
      from.get(text);
      faults.put(record, fault(text));
    }
    return faults;
  }

  /** The code of the reason, a blank, and the detail. */
  static byte[] text(Fault fault) {
    return (fault.reason().code() + ' ' + fault.detail()).getBytes(StandardCharsets.UTF_8);
  }

  static Fault fault(byte[] text) {
    String all = new String(text, StandardCharsets.UTF_8);
    int end = all.indexOf(' ');
    return new Fault(
        RejectionReason.of(all.substring(0, Math.max(end, 0))), all.substring(end + 1));
  }
}
