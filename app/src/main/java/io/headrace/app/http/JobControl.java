package io.headrace.app.http;

/** What an operator may ask of a job. Called by several threads, so it must be thread-safe. */
@FunctionalInterface
public interface JobControl {
  /** Lets a paused job read on; false if it was not paused. */
  boolean resume();
}
