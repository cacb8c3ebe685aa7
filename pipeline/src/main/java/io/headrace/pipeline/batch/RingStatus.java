package io.headrace.pipeline.batch;

/**
 * How full the ring is and how its batches were closed, at one moment.
 *
 * @param slots batches that the ring holds
 * @param occupied batches published and not yet handled, the one being handled included
 * @param demand blocks asked for and not yet received; 0 while the ring is full
 * @param closedBySize batches published because they were full
 * @param closedByLinger batches published because the source had nothing more to give
 * @param closedByEnd batches published because the source was finished, or a part of it goes on
 *     elsewhere
 */
public record RingStatus(
    int slots,
    int occupied,
    long demand,
    long closedBySize,
    long closedByLinger,
    long closedByEnd) {}
