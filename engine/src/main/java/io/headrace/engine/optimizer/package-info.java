/**
 * Optimizers: how a gradient changes the parameters. Start at {@link
 * io.headrace.engine.optimizer.Optimizers}.
 */
@NullMarked
package io.headrace.engine.optimizer;

import org.jspecify.annotations.NullMarked;
