package io.headrace.app.broker;

/**
 * A topic that exists. Immutable.
 *
 * @param name as on the broker
 * @param partitions how many it has
 */
public record Topic(String name, int partitions) {}
