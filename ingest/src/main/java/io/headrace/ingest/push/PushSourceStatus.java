package io.headrace.ingest.push;

/**
 * How a source of pushed samples is doing. Immutable.
 *
 * @param position of the next record to be read; -1 while unknown
 * @param end position just past the last durable record; -1 while unknown
 * @param backlogBytes that are kept and were not read yet
 */
public record PushSourceStatus(long position, long end, long backlogBytes) {
  static final PushSourceStatus NOT_STARTED = new PushSourceStatus(-1, -1, 0);
}
