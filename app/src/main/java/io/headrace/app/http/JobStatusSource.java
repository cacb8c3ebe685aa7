package io.headrace.app.http;

/**
 * Tells how a job stands. Called by several threads, about once a second and at each request, so it
 * must be thread-safe and must not block.
 */
@FunctionalInterface
public interface JobStatusSource {
  JobStatus status();
}
