/**
 * What may be done to samples between decoding and learning. Start at {@link
 * io.headrace.pipeline.transform.Transform}; {@link io.headrace.pipeline.transform.Transforms} has
 * those that a job file can name.
 */
@NullMarked
package io.headrace.pipeline.transform;

import org.jspecify.annotations.NullMarked;
