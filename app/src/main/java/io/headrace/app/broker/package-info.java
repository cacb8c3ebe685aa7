/**
 * Kafka inside this JVM, and the topics on any Kafka. The entry types are {@link
 * io.headrace.app.broker.EmbeddedBroker} and {@link io.headrace.app.broker.Topics}.
 */
@NullMarked
package io.headrace.app.broker;

import org.jspecify.annotations.NullMarked;
