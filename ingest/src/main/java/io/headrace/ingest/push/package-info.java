/**
 * Samples that clients push: taken in, made durable, acknowledged, and read from there like those
 * of any other source. Start at {@link io.headrace.ingest.push.PushSampleSource}.
 */
@NullMarked
package io.headrace.ingest.push;

import org.jspecify.annotations.NullMarked;
