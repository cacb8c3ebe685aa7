/**
 * Faults from outside, injected into a job that trains on a Kafka broker in a process of its own.
 * Start at {@link io.headrace.perf.faults.BrokerFaults}.
 */
@NullMarked
package io.headrace.perf.faults;

import org.jspecify.annotations.NullMarked;
