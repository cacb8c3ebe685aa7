/**
 * The job file: one YAML file, read with the line of every value, checked against what each
 * component declares, and made into a run. Start at {@link io.headrace.pipeline.job.JobFile}.
 */
@NullMarked
package io.headrace.pipeline.job;

import org.jspecify.annotations.NullMarked;
