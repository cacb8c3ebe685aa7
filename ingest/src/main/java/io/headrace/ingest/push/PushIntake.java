package io.headrace.ingest.push;

import io.headrace.ingest.mask.ChunkMask;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Takes samples that clients push to a job. Thread-safe. */
public interface PushIntake extends AutoCloseable {
  /**
   * Has records masked before anything keeps them, and those that were kept unmasked before they
   * are read; before the first subscription.
   *
   * @param masks makes what masks the records of one request, or of one subscription
   */
  void maskWith(Supplier<ChunkMask> masks);

  /** The media types of bodies that are taken, the usual one first. */
  List<String> mediaTypes();

  /** Bytes of the largest body that is taken. */
  int maxRequestBytes();

  /** Bytes of all bodies that may be received at once. */
  long maxReceivingBytes();

  /**
   * Takes the records of a body in. What is given completes once they are durable, or refused; it
   * never fails. The body is the intake's from now on. It is cut into records on the caller's
   * thread.
   *
   * @param key a name of the body that the client will use again should it try again
   */
  CompletionStage<PushOutcome> push(byte[] body, Optional<String> key);

  /** Makes durable what waits; requests are refused from then on. */
  @Override
  void close();
}
