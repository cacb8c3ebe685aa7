package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.pipeline.batch.BatchShape;
import java.util.List;

/** The {@code batch} group of a job: how samples become mini-batches. */
final class BatchGroup {
  private static final Setting<Integer> SIZE =
      Setting.integer(
              "size", 1, 1 << 20, "Samples of a full mini-batch: one step of the optimizer each.")
          .orElse(64);
  private static final Setting<Integer> LINGER_MS =
      Setting.integer(
              "linger-ms",
              0,
              Integer.MAX_VALUE,
              "Set it to the longest wait you accept before a partial batch is trained, e.g. 20.")
          .orElse(20);
  private static final Setting<Integer> RING_SLOTS =
      new Setting<>(
          "ring-slots",
          "2 | 4 | 8 | ... | 65536",
          64,
          false,
          "Mini-batches that wait at most between assembler and trainer, all allocated at the start.",
          BatchGroup::powerOfTwo);

  static final List<Setting<?>> DECLARED = List.of(SIZE, LINGER_MS, RING_SLOTS);

  private BatchGroup() {}

  static BatchShape from(Settings settings) {
    return new BatchShape(
        settings.value(SIZE), settings.value(LINGER_MS), settings.value(RING_SLOTS));
  }

  private static int powerOfTwo(Object raw) {
    String text = String.valueOf(raw);
    int value = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    if (value < 2 || value > 1 << 16 || Integer.bitCount(value) != 1) {
      throw new IllegalArgumentException("a power of two from 2 to 65536");
    }
    return value;
  }
}
