/**
 * Streams of generated samples, the same ones every time, in the forms that producers send. Start
 * at {@link io.headrace.perf.stream.Readings}.
 */
@NullMarked
package io.headrace.perf.stream;

import org.jspecify.annotations.NullMarked;
