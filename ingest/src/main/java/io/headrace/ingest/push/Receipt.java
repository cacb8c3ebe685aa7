package io.headrace.ingest.push;

/**
 * Where a request's records are kept. Immutable.
 *
 * @param partition of the source
 * @param first position of the first record
 * @param next position just past the last one
 * @param bodyCrc as the request has it
 */
record Receipt(int partition, long first, long next, int bodyCrc) {}
