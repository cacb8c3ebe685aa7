/**
 * Sinks that send to Kafka topics. Start at {@link io.headrace.sink.kafka.KafkaDeadLetterSink} for
 * records that must arrive, and at {@link io.headrace.sink.kafka.KafkaEventSink} for those that may
 * not wait.
 */
@NullMarked
package io.headrace.sink.kafka;

import org.jspecify.annotations.NullMarked;
