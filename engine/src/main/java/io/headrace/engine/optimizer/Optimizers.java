package io.headrace.engine.optimizer;

import io.headrace.engine.config.Variants;
import java.util.List;

/** Every optimizer that a job file can name. */
public final class Optimizers {
  private Optimizers() {}

  public static Variants<Object> variants() {
    return new Variants<>("optimizer", List.of());
  }
}
