/**
 * Chunks of raw records in, blocks of samples out, on several threads, order kept. Start at {@link
 * io.headrace.pipeline.decode.DecodeStage}.
 */
@NullMarked
package io.headrace.pipeline.decode;

import org.jspecify.annotations.NullMarked;
