package io.headrace.pipeline.job;

import io.headrace.engine.config.Variants;
import io.headrace.engine.layer.Layer;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Loss;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.optimizer.Schedule;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.ingest.Sources;
import io.headrace.ingest.mask.Masking;
import io.headrace.pipeline.transform.Transforms;
import io.headrace.pipeline.transform.UnboundTransform;

/** Every component that a job file can name, by kind. Immutable. */
record Vocabulary(
    Variants<?> sources,
    Variants<?> maskRules,
    Variants<UnboundTransform> transforms,
    Variants<Layer> layers,
    Variants<Loss> losses,
    Variants<?> optimizers,
    Variants<Schedule> schedules) {

  /** What this build of Headrace has. */
  static Vocabulary standard() {
    return new Vocabulary(
        Sources.variants(),
        Masking.variants(),
        Transforms.variants(),
        Layers.variants(),
        Losses.variants(),
        Optimizers.variants(),
        Schedules.variants());
  }
}
