/**
 * What is learned from: columnar blocks of samples, where each came from, and how many became what.
 * Start at {@link io.headrace.engine.sample.SampleBlock}.
 */
@NullMarked
package io.headrace.engine.sample;

import org.jspecify.annotations.NullMarked;
