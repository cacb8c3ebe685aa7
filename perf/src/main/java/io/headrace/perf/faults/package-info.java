/**
 * Faults made on purpose: a broker that goes away from a job that trains on it, and a job that is
 * far slower than its source. Start at {@link io.headrace.perf.faults.BrokerFaults} and {@link
 * io.headrace.perf.faults.Overload}.
 */
@NullMarked
package io.headrace.perf.faults;

import org.jspecify.annotations.NullMarked;
