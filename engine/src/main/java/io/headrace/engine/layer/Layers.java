package io.headrace.engine.layer;

import io.headrace.engine.config.Variants;
import java.util.List;

/** Every layer that a job file can name. */
public final class Layers {
  private Layers() {}

  public static Variants<Object> variants() {
    return new Variants<>("layer", List.of());
  }
}
