/**
 * Samples from files: Avro containers, CSV and lines, cut into records without reading their
 * fields. Start at {@link io.headrace.ingest.file.FileSampleSource}.
 */
@NullMarked
package io.headrace.ingest.file;

import org.jspecify.annotations.NullMarked;
