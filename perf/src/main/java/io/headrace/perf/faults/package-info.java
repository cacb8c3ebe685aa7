/**
 * Faults made on purpose, in a long form to be run by hand and a short one that the tests run.
 * Start at {@link io.headrace.perf.faults.Overload}.
 */
@NullMarked
package io.headrace.perf.faults;

import org.jspecify.annotations.NullMarked;
