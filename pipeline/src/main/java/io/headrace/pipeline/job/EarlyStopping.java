package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;

/**
 * The {@code early-stopping} group: when a job ends because validation becomes no better.
 * Immutable.
 *
 * @param patience looks in turn without a better score after which the run ends
 * @param minDelta by how much a score has to be better than the best to count
 */
public record EarlyStopping(int patience, double minDelta) {
  private static final Setting<Integer> PATIENCE =
      Setting.integer(
              "patience",
              1,
              Integer.MAX_VALUE,
              "Looks at the held-out samples in turn without a better score after which the run ends.")
          .orElse(3);
  private static final Setting<Double> MIN_DELTA =
      Setting.number(
              "min-delta",
              0,
              Double.MAX_VALUE,
              "By how much a score has to be better than the best so far to count as better.")
          .orElse(0.0);

  static final List<Setting<?>> DECLARED = List.of(PATIENCE, MIN_DELTA);

  static EarlyStopping from(Settings settings) {
    return new EarlyStopping(settings.value(PATIENCE), settings.value(MIN_DELTA));
  }
}
