/**
 * The few exceptions that Headrace throws. Start at {@link
 * io.headrace.engine.error.HeadraceException}.
 */
@NullMarked
package io.headrace.engine.error;

import org.jspecify.annotations.NullMarked;
