package io.headrace.engine.optimizer;

import java.util.Map;

/** Reads settings as a test wrote them, and what several formulas share. */
final class Given {
  private Given() {}

  static double number(Map<String, ?> settings, String key, double usual) {
    return settings.get(key) instanceof Double value ? value : usual;
  }

  /** {@code w} nearer to 0 by {@code threshold}. */
  static double shrunk(double w, double threshold) {
    return Math.signum(w) * Math.max(Math.abs(w) - threshold, 0);
  }
}
