/**
 * What survives a restart: named tensors and named values, copied out at a step boundary and put
 * back on resume. Start at {@link io.headrace.engine.state.Stateful}.
 */
@NullMarked
package io.headrace.engine.state;

import org.jspecify.annotations.NullMarked;
