package io.headrace.ingest.order;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a source gave, in order.
 *
 * @param records {@code position text}, or {@code position reason} for faults
 * @param settled after each record, the position to go on from
 */
record Reading(List<String> records, List<Positions> settled) {
  static Reading of(SampleSource source, Positions from) {
    var reading = new Reading(new ArrayList<>(), new ArrayList<>());
    var next = new java.util.TreeMap<>(from.next());
    for (RecordChunk chunk : source.chunks(from).toIterable(1)) {
      for (int i = 0; i < chunk.count(); i++) {
        reading.records.add(chunk.position(i) + " " + text(chunk, i));
        long settled = chunk.shuffled() ? chunk.firstPosition() + i : chunk.position(i);
        next.put(chunk.partition(), settled + 1);
        reading.settled.add(new Positions(next));
      }
      chunk.release();
    }
    return reading;
  }

  private static String text(RecordChunk chunk, int i) {
    RecordChunk.Fault fault = chunk.fault(i);
    int start = chunk.start(i);
    return fault != null
        ? fault.reason().code()
        : new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8)
            + (chunk.header() == null ? "" : " " + chunk.header());
  }
}
