/**
 * JMH benchmarks of single stages, each of which checks its answers before it is timed. Start with
 * {@code perf/run.sh bench}; {@link io.headrace.perf.bench.TrainerBenchmark} shows the form.
 */
@NullMarked
package io.headrace.perf.bench;

import org.jspecify.annotations.NullMarked;
