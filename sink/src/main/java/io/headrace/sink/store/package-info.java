/**
 * Checkpoints in an object store, with a directory as their mirror. Start at {@link
 * io.headrace.sink.store.StoredCheckpoints}.
 */
@NullMarked
package io.headrace.sink.store;

import org.jspecify.annotations.NullMarked;
