package io.headrace.pipeline;

/**
 * Where the time between the beginnings of two steps goes, in milliseconds, averaged lately.
 * Immutable.
 *
 * @param waiting for a batch
 * @param training the step itself
 * @param between steps: metrics, validation, beginning a checkpoint or a copy
 * @param decoding a batch's records, on the decoders' threads, beside the other three
 */
public record StepTimes(double waiting, double training, double between, double decoding) {}
