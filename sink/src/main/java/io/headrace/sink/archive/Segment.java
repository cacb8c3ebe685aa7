package io.headrace.sink.archive;

import io.headrace.engine.sample.SourcePartition;

/**
 * A file of archived samples of one partition.
 *
 * @param firstPosition the least of its samples' positions; in shuffled epochs they do not ascend
 * @param lastPosition the greatest
 * @param sha256 of the Avro container, as it is before it is encrypted, in hexadecimal digits
 * @param bytes on the disk
 */
public record Segment(
    String file,
    SourcePartition partition,
    long firstPosition,
    long lastPosition,
    long firstStep,
    long lastStep,
    long rows,
    long bytes,
    String sha256) {}
