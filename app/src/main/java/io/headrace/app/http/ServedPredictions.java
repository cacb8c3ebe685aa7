package io.headrace.app.http;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.pipeline.serve.ServedModel;

/**
 * What predicts for a service's clients.
 *
 * @param job its name
 * @param label what is predicted
 */
public record ServedPredictions(ServedModel model, String job, LabelSpec label) {}
