package io.headrace.engine.loss;

import io.headrace.engine.config.Variants;
import java.util.List;

/** Every loss that a job file can name. */
public final class Losses {
  private Losses() {}

  public static Variants<Object> variants() {
    return new Variants<>("loss", List.of());
  }
}
