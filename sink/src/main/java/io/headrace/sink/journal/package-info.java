/** The order in which records became batches, on disk beside the checkpoints. */
@NullMarked
package io.headrace.sink.journal;

import org.jspecify.annotations.NullMarked;
