/**
 * How fast a job on a file is: as a process of its own, start-up included, and again and again in
 * one JVM. Start at {@link io.headrace.perf.job.JobTimes}.
 */
@NullMarked
package io.headrace.perf.job;

import org.jspecify.annotations.NullMarked;
