/**
 * Where samples come from: sources give chunks of raw records, decoders make sample rows of them.
 * Start at {@link io.headrace.ingest.SampleSource}.
 */
@NullMarked
package io.headrace.ingest;

import org.jspecify.annotations.NullMarked;
