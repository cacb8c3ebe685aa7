/**
 * What those who add to files know of encryption, without knowing any. Start at {@link
 * io.headrace.engine.seal.BlockSeal}.
 */
@NullMarked
package io.headrace.engine.seal;

import org.jspecify.annotations.NullMarked;
