/**
 * Predictions under load beside training, asked for by another process. Start at {@link
 * io.headrace.perf.predict.PredictRig}.
 */
@NullMarked
package io.headrace.perf.predict;

import org.jspecify.annotations.NullMarked;
