package io.headrace.pipeline.serve;

import io.headrace.engine.ModelSpec;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.pipeline.transform.Transform;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a job gives to whoever predicts by its model.
 *
 * @param decoders of bodies of a form, where a state of the model knows so many tokens; see {@link
 *     io.headrace.ingest.decode.GrowingVocabularies#scoringWithin}
 * @param schema of samples as they are decoded
 * @param transforms without those for training only
 */
public record ServedParts(
    ModelSpec spec,
    Function<Supplier<int[]>, Function<Form, SampleDecoder>> decoders,
    SampleSchema schema,
    List<Transform> transforms) {
  public ServedParts {
    transforms = List.copyOf(transforms);
  }
}
