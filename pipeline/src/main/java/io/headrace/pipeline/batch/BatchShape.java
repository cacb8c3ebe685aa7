package io.headrace.pipeline.batch;

import io.headrace.engine.error.InvalidSettingException;

/**
 * How rows are cut into batches, and how many batches may wait.
 *
 * @param size rows of a full batch
 * @param lingerMillis longest time that a row waits in a batch that is not full, once the source
 *     has nothing more to give
 * @param ringSlots batches that the ring holds; a power of two
 */
public record BatchShape(int size, long lingerMillis, int ringSlots) {
  public BatchShape {
    if (size < 1) {
      throw new InvalidSettingException("size", size + " is not >= 1. Rows of a batch, e.g. 64.");
    }
    if (lingerMillis < 0) {
      throw new InvalidSettingException(
          "linger-ms",
          lingerMillis
              + " is not >= 0. Set it to the longest wait you accept before a partial batch,"
              + " e.g. 20.");
    }
    if (ringSlots < 2 || Integer.bitCount(ringSlots) != 1) {
      throw new InvalidSettingException(
          "ring-slots", ringSlots + " is not a power of two >= 2. Use e.g. 16.");
    }
  }
}
