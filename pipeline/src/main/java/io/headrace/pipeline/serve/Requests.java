package io.headrace.pipeline.serve;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.push.BodyRecords;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.BodyRecords.Found;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.List;
import java.util.function.BiFunction;

/** The records of requests, and the count of what became of them. Thread-safe. */
final class Requests {
  private final int maxBytes;
  private final BodyRecords records;
  private final RequestCounts counts;

  /**
   * @param maxBytes of a request's body
   */
  Requests(int maxBytes, RequestCounts counts) {
    this.maxBytes = maxBytes;
    this.records = new BodyRecords(maxBytes);
    this.counts = counts;
  }

  int maxBytes() {
    return maxBytes;
  }

  /**
   * Answers one.
   *
   * @param model predicts for the records of a body that has some
   */
  Prediction answer(Form form, byte[] body, BiFunction<Form, List<RecordChunk>, Prediction> model) {
    Prediction prediction = found(form, body, model);
    counts.add(prediction);
    return prediction;
  }

  private Prediction found(
      Form form, byte[] body, BiFunction<Form, List<RecordChunk>, Prediction> model) {
    return switch (records.of(form, body)) {
      case Found.Unreadable(Reason reason, String detail) -> new Prediction.Refused(reason, detail);
      case Found.Records(List<RecordChunk> chunks) -> {
        try {
          yield model.apply(form, chunks);
        } finally {
          chunks.forEach(RecordChunk::release);
        }
      }
    };
  }
}
