/**
 * The load rig: a whole job from Kafka to weights, beside the ceilings of its parts in the same
 * run. Start at {@link io.headrace.perf.load.LoadRig}.
 */
@NullMarked
package io.headrace.perf.load;

import org.jspecify.annotations.NullMarked;
