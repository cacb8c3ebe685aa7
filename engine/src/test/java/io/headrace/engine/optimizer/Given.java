package io.headrace.engine.optimizer;

import java.util.Map;

/** Reads settings as a test wrote them. */
final class Given {
  private Given() {}

  static double number(Map<String, ?> settings, String key, double usual) {
    return settings.get(key) instanceof Double value ? value : usual;
  }
}
