/**
 * What lies between the trainer and the event sinks: a bounded queue and a thread for each sink.
 * Start at {@link io.headrace.sink.event.EventPump}.
 */
@NullMarked
package io.headrace.sink.event;

import org.jspecify.annotations.NullMarked;
