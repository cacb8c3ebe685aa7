/**
 * Encryption of what is kept on disk, by Tink, beneath the formats. Start at {@link
 * io.headrace.sink.seal.FileSeal}; the keys are a {@link io.headrace.sink.seal.KeyRing}.
 */
@NullMarked
package io.headrace.sink.seal;

import org.jspecify.annotations.NullMarked;
