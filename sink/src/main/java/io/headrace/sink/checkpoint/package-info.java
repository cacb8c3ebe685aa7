/**
 * Checkpoints as safetensors files in a directory: complete or absent, verified when read. Start at
 * {@link io.headrace.sink.checkpoint.DirectoryCheckpointStore}.
 */
@NullMarked
package io.headrace.sink.checkpoint;

import org.jspecify.annotations.NullMarked;
