package io.headrace.pipeline.batch;

/** Why there are no more batches. */
public sealed interface StreamEnd {
  /** The source is finite and every record of it was handed on. */
  record Completed() implements StreamEnd {}

  /** Somebody stopped it; rows that did not fill a batch were left to be read again. */
  record Stopped() implements StreamEnd {}

  /** The source, a decoder or the handler of the batches failed. */
  record Failed(Throwable cause) implements StreamEnd {}
}
