/**
 * Sinks that append to local files. Start at {@link io.headrace.sink.file.FileDeadLetterSink}. What
 * was flushed survives a crash; what was half-written is repaired at the next start.
 */
@NullMarked
package io.headrace.sink.file;

import org.jspecify.annotations.NullMarked;
