/**
 * Decoders: they turn the bytes of raw records (Avro, CSV, JSON lines) into rows of a sample block,
 * as a job's mapping of fields to inputs and label says. Start at {@link
 * io.headrace.ingest.decode.Decoders}.
 */
@NullMarked
package io.headrace.ingest.decode;

import org.jspecify.annotations.NullMarked;
