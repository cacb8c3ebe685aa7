package io.headrace.pipeline;

/**
 * Where the time between the beginnings of two steps goes, in milliseconds, averaged lately.
 * Immutable.
 *
 * @param waiting for a batch
 * @param training the step itself
 * @param checkpointing beginning a checkpoint between two steps, spread over the steps since the
 *     checkpoint before; it is written on a thread of its own
 * @param between steps otherwise: metrics, validation, beginning a copy
 * @param decoding a batch's records, on the decoders' threads, beside the others
 */
public record StepTimes(
    double waiting, double training, double checkpointing, double between, double decoding) {}
