package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.pipeline.serve.FixedModel;
import io.headrace.pipeline.serve.RequestCounts;
import io.headrace.pipeline.serve.ServedModel;
import io.headrace.pipeline.serve.ServedParts;
import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint's model, ready to predict, with the job that it was learned by: network, features
 * and label are those of the checkpoint, whatever they were in one before. Thread-safe.
 */
public record CheckpointModel(JobSpec job, ServedModel model) {
  /**
   * Makes the model; the checkpoint is not needed any more then.
   *
   * @param name what messages call the checkpoint
   * @param data where relative paths of the job's schemas and keys of pseudonyms start
   * @param counts of the requests
   * @param maxRequestBytes of a request's body
   * @throws HeadraceException if it holds no job, the job is not one that this version understands,
   *     or the two do not fit together
   */
  public static CheckpointModel of(
      Checkpoint checkpoint, String name, Path data, RequestCounts counts, int maxRequestBytes) {
    JobSpec job = StoredModel.job(checkpoint, name, data);
    try {
      var vocabularies = GrowingVocabularies.of(job.sample());
      checkpoint.restore(GrowingVocabularies.STATE, vocabularies);
      ServedParts parts = JobServing.parts(job, vocabularies);
      int[] sizes = vocabularies.sizes();
      requireDecoder(parts, sizes);
      return new CheckpointModel(
          job, new FixedModel(parts, checkpoint, sizes, counts, maxRequestBytes));
    } catch (InvalidSettingException e) {
      throw job.places().located(e);
    }
  }

  /** What requests need besides is looked for now, not when the first one comes. */
  private static void requireDecoder(ServedParts parts, int[] sizes) {
    try {
      var decoder = parts.decoders().apply(() -> sizes).apply(Form.JSON);
      assert decoder != null;
    } catch (InvalidSettingException otherForm) {
      // such samples come in Avro alone: a request in another form is told so
    }
  }

  /** What changed since a model that was learned by another job, a line each; empty for nothing. */
  public List<String> differencesFrom(CheckpointModel before) {
    return job.fingerprint().differencesFrom(before.job.fingerprint());
  }
}
