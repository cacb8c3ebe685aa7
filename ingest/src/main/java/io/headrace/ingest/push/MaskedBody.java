package io.headrace.ingest.push;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.mask.ChunkMask;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/**
 * Bodies whose records are masked before anything keeps them. A line that cannot be masked is
 * withheld, and rejected where it stands; a container with such a record is refused as a whole,
 * since nobody can tell where those behind it begin.
 *
 * @param masks makes what masks one body
 */
record MaskedBody(PushBody body, Supplier<ChunkMask> masks) implements PushBody {
  @Override
  public List<String> mediaTypes() {
    return body.mediaTypes();
  }

  @Override
  public Cut cut(byte[] content) throws UnreadableBodyException {
    Cut cut = body.cut(content);
    Schema schema = cut.schema().isEmpty() ? null : new Schema.Parser().parse(cut.schema());
    ChunkMask mask = masks.get();
    List<PushedBlock> blocks = new ArrayList<>();
    for (PushedBlock block : cut.blocks()) {
      var chunk = new RecordChunk(released -> {});
      chunk.start(PushSampleSource.PARTITION, 0);
      if (block.ends == null && schema != null) {
        chunk.addRun(block.bytes, block.length, block.records, 0, schema);
      } else {
        block.addTo(chunk, 0, 0, 0);
      }
      mask.mask(chunk);
      blocks.add(masked(chunk, schema != null));
    }
    return new Cut(cut.schema(), true, blocks);
  }

  private static PushedBlock masked(RecordChunk chunk, boolean ofContainer)
      throws UnreadableBodyException {
    int[] ends = new int[chunk.count()];
    Map<Integer, Fault> faults = new HashMap<>();
    for (int i = 0; i < ends.length; i++) {
      ends[i] = chunk.end(i);
      Fault fault = chunk.fault(i);
      if (fault != null) {
        faults.put(i, fault);
        requireReadable(fault, ofContainer);
      }
    }
    return PushedBlock.masked(chunk.bytes(), ends, faults);
  }

  private static void requireReadable(Fault fault, boolean ofContainer)
      throws UnreadableBodyException {
    if (ofContainer && fault.reason() != RejectionReason.SENSITIVE) {
      throw new UnreadableBodyException(
          Reason.UNREADABLE,
          "A record of the container cannot be read in the container's schema, so that nothing in it can be masked. Write the container anew.");
    }
  }
}
