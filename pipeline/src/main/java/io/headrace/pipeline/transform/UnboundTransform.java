package io.headrace.pipeline.transform;

import io.headrace.engine.sample.SampleSchema;

/** A transform as a job file names it, before it is known what the job's samples look like. */
@FunctionalInterface
public interface UnboundTransform {
  /**
   * Makes it fit for samples of {@code schema}.
   *
   * @throws io.headrace.engine.error.InvalidSettingException if it names an input that they lack
   */
  Transform bind(SampleSchema schema);

  /** What samples of {@code schema}, which it can be bound to, look like behind it. */
  default SampleSchema output(SampleSchema schema) {
    return schema;
  }
}
