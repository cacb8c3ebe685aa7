package io.headrace.app.http;

import io.micronaut.serde.annotation.Serdeable;

/**
 * The answer to samples that were taken in.
 *
 * @param partition of the source, as in the status
 * @param first position of the first record
 * @param next position just past the last one
 * @param duplicate whether an earlier request with the same key had brought them
 */
@Serdeable
record PushReceipt(String partition, long first, long next, boolean duplicate) {}
