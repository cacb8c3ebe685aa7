package io.headrace.ingest.push;

import io.headrace.ingest.Envelope;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.mask.ChunkMask;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** What the headers of a topic's records say about their masking. Stateless. */
final class TopicMarks {
  private TopicMarks() {}

  /** Gives the chunk the faults that its records' headers tell. */
  static RecordChunk read(RecordChunk chunk) {
    marked(chunk);
    return chunk;
  }

  /** The same, and masks the records that no header says are masked. */
  static RecordChunk masked(RecordChunk chunk, ChunkMask mask) {
    mask.mask(chunk, marked(chunk)::get);
    return chunk;
  }

  private static BitSet marked(RecordChunk chunk) {
    var marked = new BitSet(chunk.count());
    for (int i = 0; i < chunk.count(); i++) {
      for (Envelope.Header header : chunk.envelope(i).headers()) {
        ByteBuffer value = header.value();
        if (header.key().equals(TopicStore.MASKED) && value != null) {
          marked.set(i);
          note(value, i, chunk);
        }
      }
    }
    return marked;
  }

  private static void note(ByteBuffer value, int record, RecordChunk chunk) {
    byte[] text = new byte[value.remaining()];
    value.duplicate().get(text);
    if (text.length > 0 && chunk.fault(record) == null) {
      chunk.fault(record, BlockFaults.fault(text));
    }
  }
}
