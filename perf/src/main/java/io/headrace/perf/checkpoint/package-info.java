/**
 * What a checkpoint costs the thread that trains. Start at {@link
 * io.headrace.perf.checkpoint.CheckpointStall}.
 */
@NullMarked
package io.headrace.perf.checkpoint;

import org.jspecify.annotations.NullMarked;
