/**
 * Data sets, brought from the form they are published in into the form that the examples read. The
 * entry type is {@link io.headrace.perf.data.FlightsExtract}.
 */
@NullMarked
package io.headrace.perf.data;

import org.jspecify.annotations.NullMarked;
