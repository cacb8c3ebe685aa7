package io.headrace.pipeline.job;

import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.pipeline.TrainingRun;
import io.headrace.pipeline.serve.LiveModel;
import io.headrace.pipeline.serve.ServedParts;
import io.headrace.pipeline.transform.Transform;
import java.util.List;

/** Makes what predicts by a job's model of the job, and joins it with the job's run. */
final class JobServing {
  private JobServing() {}

  static LiveModel of(
      JobSpec job, ServeSettings settings, TrainingRun run, GrowingVocabularies vocabularies) {
    return new LiveModel(
        parts(job, vocabularies),
        run::copyWeights,
        vocabularies::sizes,
        settings.refreshMillis(),
        settings.maxRequestBytes());
  }

  static ServedParts parts(JobSpec job, GrowingVocabularies vocabularies) {
    List<Transform> transforms =
        JobTransforms.of(job).transforms().stream()
            .filter(transform -> !transform.trainingOnly())
            .toList();
    return new ServedParts(
        job.modelSpec(),
        sizes -> {
          SampleMapping mapping = vocabularies.scoringWithin(sizes).withoutLabel();
          return form -> JobDecoders.ofRequests(job, mapping, form);
        },
        job.sample().schema(),
        transforms);
  }
}
