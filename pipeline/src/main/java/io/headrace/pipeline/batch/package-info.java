/**
 * Blocks of any size in, mini-batches of one size out, on one ring that is allocated once. Start at
 * {@link io.headrace.pipeline.batch.BatchAssembler}.
 */
@NullMarked
package io.headrace.pipeline.batch;

import org.jspecify.annotations.NullMarked;
