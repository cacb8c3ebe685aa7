/**
 * Online evaluation: every sample is scored before it is learned from, beside what predicting
 * without skill would score. Start at {@link io.headrace.engine.metric.OnlineEvaluation}.
 */
@NullMarked
package io.headrace.engine.metric;

import org.jspecify.annotations.NullMarked;
