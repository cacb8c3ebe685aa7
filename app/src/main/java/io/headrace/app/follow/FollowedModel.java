package io.headrace.app.follow;

import io.headrace.pipeline.job.CheckpointModel;

/**
 * A model that is served. Immutable.
 *
 * @param samples trained
 * @param takenAtMillis when it took the place of the one before
 */
record FollowedModel(CheckpointModel model, ModelNews news, long samples, long takenAtMillis) {}
