/**
 * Losses: what a prediction costs, and the slope of that cost. Start at {@link
 * io.headrace.engine.loss.Losses}.
 */
@NullMarked
package io.headrace.engine.loss;

import org.jspecify.annotations.NullMarked;
