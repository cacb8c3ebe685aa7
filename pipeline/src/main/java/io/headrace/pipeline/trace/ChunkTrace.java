package io.headrace.pipeline.trace;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** A chunk that is followed. Thread-safe: each stage has a thread of its own. */
public final class ChunkTrace {
  private final Tracer tracer;
  private final SourcePartition partition;
  private final long next;
  private final Span whole;
  private @Nullable RecordChunk chunk;
  private @Nullable Span stage;

  ChunkTrace(Tracer tracer, RecordChunk chunk) {
    this.tracer = tracer;
    this.chunk = chunk;
    this.partition = chunk.partition();
    this.next = chunk.nextPosition();
    this.whole =
        tracer
            .spanBuilder("chunk")
            .setNoParent()
            .setAttribute("headrace.source", partition.source())
            .setAttribute("headrace.partition", partition.partition())
            .setAttribute("headrace.next_position", next)
            .setAttribute("headrace.records", chunk.count())
            .startSpan();
  }

  /**
   * Whether it follows this chunk, which is not decoded yet: chunks are filled again afterwards.
   */
  @SuppressWarnings("ReferenceEquality") // which one, not what is in it
  synchronized boolean follows(RecordChunk other) {
    return chunk == other;
  }

  synchronized void decoding() {
    chunk = null;
    enter("decode");
  }

  /** Its rows wait for their place in a batch from now on. */
  public synchronized void decoded(SampleBlock block) {
    whole.setAttribute("headrace.rejected", block.rejected());
    whole.setAttribute("headrace.filtered", block.filtered());
    enter("assemble");
  }

  boolean endsBefore(SourcePartition other, long position) {
    return partition.equals(other) && next <= position;
  }

  synchronized void training() {
    enter("train");
  }

  /** The step that learned from its last row is over. */
  public synchronized void trained(long step) {
    whole.setAttribute("headrace.step", step);
    end();
  }

  synchronized void abandoned() {
    whole.setStatus(StatusCode.ERROR, "the run ended before it was trained");
    end();
  }

  private void end() {
    if (stage != null) {
      stage.end();
    }
    whole.end();
  }

  private void enter(String name) {
    if (stage != null) {
      stage.end();
    }
    stage = tracer.spanBuilder(name).setParent(Context.root().with(whole)).startSpan();
  }
}
