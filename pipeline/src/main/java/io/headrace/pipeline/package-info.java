/**
 * The stream itself: from a source through decoders, transforms and the batch assembler to the
 * trainer, with checkpoints on the way. Start at {@link io.headrace.pipeline.TrainingRun}.
 */
@NullMarked
package io.headrace.pipeline;

import org.jspecify.annotations.NullMarked;
