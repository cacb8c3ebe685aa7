/**
 * Sources read in another order, and finite ones several times. Start at {@link
 * io.headrace.ingest.order.RepeatedSource}, {@link io.headrace.ingest.order.ShuffledSource} and
 * {@link io.headrace.ingest.order.StreamShuffledSource}.
 */
@NullMarked
package io.headrace.ingest.order;

import org.jspecify.annotations.NullMarked;
