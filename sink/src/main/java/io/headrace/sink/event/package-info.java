/**
 * What lies between the trainer and the event sinks: one queue, bounded, and one thread. Start at
 * {@link io.headrace.sink.event.EventPump}.
 */
@NullMarked
package io.headrace.sink.event;

import org.jspecify.annotations.NullMarked;
