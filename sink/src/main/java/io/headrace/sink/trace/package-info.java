/** Traces of records' way, for a collector of OpenTelemetry. */
@NullMarked
package io.headrace.sink.trace;

import org.jspecify.annotations.NullMarked;
