/**
 * Predictions by the model that is being learned: copies of it, taken between steps, that requests
 * are answered from; and by checkpoints of one that is learned elsewhere. Start at {@link
 * io.headrace.pipeline.serve.LiveModel}.
 */
@NullMarked
package io.headrace.pipeline.serve;

import org.jspecify.annotations.NullMarked;
