package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;

/** Decodes Avro's binary encoding by plans compiled of the writers' schemas. Not thread-safe. */
final class AvroDecoder implements SampleDecoder {
  private final AvroFraming framing;
  private final AvroFraming.Container containers;
  private final SampleRow row;
  private final AvroInput in = new AvroInput();

  /**
   * @param framing of single records
   * @param containers of the runs in a container file's blocks
   */
  AvroDecoder(AvroFraming framing, AvroFraming.Container containers, SampleRow row) {
    this.framing = framing;
    this.containers = containers;
    this.row = row;
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    if (from.delimited()) {
      for (int i = 0; i < from.count(); i++) {
        row.begin(into);
        decodeRecord(from, i, rejections);
      }
    } else {
      decodeRun(from, into, rejections);
    }
  }

  private void decodeRecord(RecordChunk from, int i, Rejections rejections) {
    Fault unread = from.fault(i);
    AvroPlan plan = unread == null ? framing.plan(from, i) : null;
    if (plan == null) {
      row.reject(from, i, unread == null ? framing.fault(from, i) : unread, rejections);
      return;
    }
    in.reset(from.bytes(), from.start(i) + framing.headBytes(), from.end(i));
    try {
      plan.step().run(in, row);
      requireEnd("the record: was it written in another schema?");
    } catch (MalformedRecordException e) {
      row.reject(from, i, new Fault(RejectionReason.MALFORMED, e.detail()), rejections);
      return;
    }
    row.end(from, i, rejections);
  }

  private void decodeRun(RecordChunk from, SampleBlock into, Rejections rejections) {
    AvroPlan plan = containers.plan(from, 0);
    if (plan == null) {
      rejectFrom(from, into, 0, containers.fault(from, 0), rejections);
      return;
    }
    in.reset(from.bytes(), 0, from.filled());
    for (int i = 0; i < from.count(); i++) {
      row.begin(into);
      try {
        plan.step().run(in, row);
        if (i == from.count() - 1) {
          requireEnd("the block's last record");
        }
      } catch (MalformedRecordException e) {
        String detail =
            "record " + (i + 1) + " of " + from.count() + " in the block: " + e.detail();
        rejectFrom(from, into, i, new Fault(RejectionReason.MALFORMED, detail), rejections);
        return;
      }
      if (i < from.skipped()) {
        row.forget();
      } else {
        row.end(from, i, rejections);
      }
    }
  }

  /** Rejects this and all later records of a run: nobody can tell where they begin. */
  private void rejectFrom(
      RecordChunk from, SampleBlock into, int first, Fault why, Rejections rejections) {
    for (int i = Math.max(first, from.skipped()); i < from.count(); i++) {
      row.begin(into);
      row.reject(from, i, why, rejections);
    }
    row.begin(into);
    row.forget();
  }

  private void requireEnd(String what) throws MalformedRecordException {
    if (in.remaining() > 0) {
      throw new MalformedRecordException(in.remaining() + " bytes are left behind " + what);
    }
  }
}
