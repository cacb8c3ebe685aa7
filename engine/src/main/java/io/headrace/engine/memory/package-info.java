/**
 * Off-heap floats: aligned, beyond the reach of the garbage collector, copied to disk as they lie.
 * Start at {@link io.headrace.engine.memory.Floats}.
 */
@NullMarked
package io.headrace.engine.memory;

import org.jspecify.annotations.NullMarked;
