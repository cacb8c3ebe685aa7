/**
 * The learning itself: models, and the trainer that takes one mini-batch a step. Start at {@link
 * io.headrace.engine.Trainer}.
 */
@NullMarked
package io.headrace.engine;

import org.jspecify.annotations.NullMarked;
