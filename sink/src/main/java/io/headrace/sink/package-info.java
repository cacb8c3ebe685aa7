/**
 * Where results go: checkpoints, events and rejected samples, each behind a small port. Start at
 * {@link io.headrace.sink.EventSink}.
 */
@NullMarked
package io.headrace.sink;

import org.jspecify.annotations.NullMarked;
