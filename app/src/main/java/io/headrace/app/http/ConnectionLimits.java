package io.headrace.app.http;

import java.time.Duration;

/**
 * What connections may cost, whoever opens them. Immutable.
 *
 * @param connections at once; one more is closed as it is opened
 * @param streams of status events at once; one more is refused with status 503
 * @param header longest time from a request's first byte, or from an opened connection, to the end
 *     of its header
 * @param body time in which {@code leastBytes} of a body have to come, or its end, again and again
 * @param leastBytes in each {@code body}
 */
record ConnectionLimits(
    int connections, int streams, Duration header, Duration body, long leastBytes) {
  /** Of every service; docs/operations.md says them. */
  static final ConnectionLimits USUAL =
      new ConnectionLimits(1_000, 200, Duration.ofSeconds(20), Duration.ofSeconds(30), 64 << 10);
}
