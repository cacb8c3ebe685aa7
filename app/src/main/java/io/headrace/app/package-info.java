/**
 * The composition root: puts sources, pipeline, engine and sinks together as the job says. The
 * entry type is {@link io.headrace.app.Main}, which {@code ./headrace} starts.
 */
@NullMarked
package io.headrace.app;

import org.jspecify.annotations.NullMarked;
