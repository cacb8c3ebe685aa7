/**
 * Finite sources read several times and in another order. Start at {@link
 * io.headrace.ingest.order.RepeatedSource} and {@link io.headrace.ingest.order.ShuffledSource}.
 */
@NullMarked
package io.headrace.ingest.order;

import org.jspecify.annotations.NullMarked;
