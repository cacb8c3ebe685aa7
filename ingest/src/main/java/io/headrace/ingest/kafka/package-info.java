/**
 * Samples from a Kafka topic, on the plain Java client: one poll thread per subscription, which
 * pauses when nothing is requested and keeps its place in the group. Start at {@link
 * io.headrace.ingest.kafka.KafkaSampleSource}.
 */
@NullMarked
package io.headrace.ingest.kafka;

import org.jspecify.annotations.NullMarked;
