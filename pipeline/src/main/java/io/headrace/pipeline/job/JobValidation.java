package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.pipeline.ValidationPlan;
import io.headrace.pipeline.transform.Transform;
import io.headrace.pipeline.transform.Transforms;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a job's {@code validation} means for its run. */
final class JobValidation {
  private JobValidation() {}

  /** How the run looks at held-out samples; empty where the job does not say. */
  static Optional<ValidationPlan> plan(JobSpec job) {
    return job.validation().map(spec -> plan(job, spec));
  }

  private static ValidationPlan plan(JobSpec job, ValidationSpec spec) {
    HeldOut.Reading heldOut = heldOut(job, spec);
    Optional<EarlyStopping> stopping = job.earlyStopping();
    return new ValidationPlan(
        trainer -> HeldOut.evaluate(job, heldOut, trainer).total(),
        spec.everySamples(),
        spec.metric(),
        stopping.map(EarlyStopping::minDelta).orElse(0.0),
        stopping.isPresent() ? OptionalInt.of(stopping.get().patience()) : OptionalInt.empty(),
        job.checkpoints().keepBest());
  }

  /** What is done to samples before anything else, so that those held out are not learned. */
  static List<Transform> training(JobSpec job) {
    return split(job, false);
  }

  private static HeldOut.Reading heldOut(JobSpec job, ValidationSpec spec) {
    if (spec.source().isPresent()) {
      ComponentSpec source = spec.source().get();
      return HeldOut.Reading.of(job, "validation.source", source, List.of());
    }
    return HeldOut.Reading.of(
        job,
        JobSources.numberedAsTraining(job),
        JobDecoders.of(job, "source", job.source()),
        split(job, true));
  }

  private static List<Transform> split(JobSpec job, boolean heldOut) {
    return job.validation()
        .filter(spec -> spec.fraction().isPresent())
        .map(spec -> Transforms.split(spec.fraction().getAsDouble(), spec.seed(), heldOut))
        .map(List::of)
        .orElse(List.of());
  }
}
