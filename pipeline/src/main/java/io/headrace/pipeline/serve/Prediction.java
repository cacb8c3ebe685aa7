package io.headrace.pipeline.serve;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.SortedMap;

/** What became of a request for predictions. */
public sealed interface Prediction {
  /**
   * All rows, predicted by one state of the model.
   *
   * @param step steps that the model had taken
   * @param trained samples that it had learned
   * @param positions of the first record of each partition that it had not learned
   * @param width floats of a row
   * @param outputs row after row, see {@link io.headrace.engine.Predictor#predict}; not a number in
   *     rows that the job's transforms filter out; the receiver's own
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Made(
      long step,
      long trained,
      SortedMap<SourcePartition, Long> positions,
      int rows,
      int width,
      float[] outputs)
      implements Prediction {}

  /**
   * Nothing was predicted.
   *
   * @param detail what is wrong, in which field of which row, for a person
   */
  record Refused(Reason reason, String detail) implements Prediction {}
}
