package io.headrace.pipeline.serve;

import io.headrace.ingest.push.BodyRecords.Form;

/** Predicts for requests. Thread-safe. */
public interface ServedModel {
  /**
   * Predicts for every record of a request, by one state of the model, or says why for none.
   *
   * @param body the callee's from now on
   */
  Prediction predict(Form form, byte[] body);

  /** Whether a request would have to wait for another. */
  boolean isBusy();

  /** Bytes of the largest body that is answered. */
  int maxRequestBytes();
}
