/**
 * Layers: each has a shape rule, an initialisation, and a forward and backward pass over its range
 * of the flat parameter vector. Start at {@link io.headrace.engine.layer.Layers}.
 */
@NullMarked
package io.headrace.engine.layer;

import org.jspecify.annotations.NullMarked;
