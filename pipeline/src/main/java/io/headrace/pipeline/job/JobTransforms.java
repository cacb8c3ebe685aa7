package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.pipeline.transform.Transform;
import io.headrace.pipeline.transform.Transforms;
import io.headrace.pipeline.transform.UnboundTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A job's transforms, each made to fit what the ones before it give. Immutable.
 *
 * @param schema what samples look like behind the last one
 */
record JobTransforms(List<Transform> transforms, SampleSchema schema) {
  JobTransforms {
    transforms = List.copyOf(transforms);
  }

  /**
   * The transforms of a job.
   *
   * @throws io.headrace.engine.error.HeadraceException if one does not fit; it names its line
   */
  static JobTransforms of(JobSpec job) {
    return of(
        job,
        fault -> {
          throw job.places().located(fault);
        });
  }

  /**
   * Those of a job's transforms that fit.
   *
   * @param faults told of the others, each with its path in the job
   */
  static JobTransforms of(JobSpec job, Consumer<InvalidSettingException> faults) {
    List<Transform> transforms = new ArrayList<>();
    SampleSchema schema = job.sample().schema();
    for (int i = 0; i < job.transforms().size(); i++) {
      ComponentSpec spec = job.transforms().get(i);
      try {
        UnboundTransform transform = Transforms.variants().create(spec);
        transforms.add(transform.bind(schema));
        schema = transform.output(schema);
      } catch (InvalidSettingException e) {
        String key = "transforms." + i + "." + spec.name() + (e.key().isEmpty() ? "" : ".");
        faults.accept(new InvalidSettingException(key + e.key(), String.valueOf(e.getMessage())));
      }
    }
    return new JobTransforms(transforms, schema);
  }
}
