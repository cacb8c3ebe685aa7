package io.headrace.pipeline.serve;

import io.headrace.engine.Checkpoint;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.List;

/** Predicts by one state of a model, that of a checkpoint. Thread-safe; requests take turns. */
public final class FixedModel implements ServedModel {
  private final ServedCopy copy;
  private final Requests requests;

  /**
   * Makes the model; the checkpoint is not needed any more then.
   *
   * @param parts of the job that the checkpoint is of
   * @param sizes how many tokens its vocabularies have
   * @param counts of the requests
   * @param maxRequestBytes of a request's body
   * @throws io.headrace.engine.error.HeadraceException if the checkpoint does not fit the job
   */
  public FixedModel(
      ServedParts parts,
      Checkpoint checkpoint,
      int[] sizes,
      RequestCounts counts,
      int maxRequestBytes) {
    copy = new ServedCopy(parts);
    copy.take(checkpoint, sizes);
    requests = new Requests(maxRequestBytes, counts);
  }

  /**
   * What stands in for a model that is not there yet.
   *
   * @param why each request is refused, as unavailable
   */
  public static ServedModel none(String why, RequestCounts counts, int maxRequestBytes) {
    var requests = new Requests(maxRequestBytes, counts);
    return new ServedModel() {
      @Override
      public Prediction predict(Form form, byte[] body) {
        return requests.answer(
            form, body, (_, _) -> new Prediction.Refused(Reason.UNAVAILABLE, why));
      }

      @Override
      public boolean isBusy() {
        return false;
      }

      @Override
      public int maxRequestBytes() {
        return maxRequestBytes;
      }
    };
  }

  @Override
  public Prediction predict(Form form, byte[] body) {
    return requests.answer(form, body, this::predict);
  }

  private Prediction predict(Form form, List<RecordChunk> chunks) {
    copy.lock.lock();
    try {
      return copy.predict(form, chunks);
    } finally {
      copy.lock.unlock();
    }
  }

  @Override
  public boolean isBusy() {
    return copy.lock.isLocked();
  }

  @Override
  public int maxRequestBytes() {
    return requests.maxBytes();
  }
}
