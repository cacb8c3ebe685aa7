package io.headrace.app.http;

import io.headrace.sink.CheckpointStore;
import java.util.Optional;

/** What an operator may ask of a job. Called by several threads, so it must be thread-safe. */
public interface JobControl {
  /** Lets the job read no more until it is resumed; false if it is not running. */
  boolean pause();

  /**
   * Starts a job that does not run; false if it runs, or is not one to be started again.
   *
   * @throws io.headrace.engine.error.HeadraceException if it cannot start
   */
  boolean start();

  /**
   * Stops the job in order; false if it does not run. How it ends, or has ended, its status says.
   */
  boolean stop();

  /** Lets a paused job read on; false if it was not paused. */
  boolean resume();

  /**
   * Writes a checkpoint now and returns when it is durable; empty if the job has ended.
   *
   * @throws io.headrace.engine.error.HeadraceException if it could not be written
   */
  Optional<CheckpointStore.Entry> checkpoint();

  /**
   * Takes the job back to a checkpoint, and returns once it goes on from there.
   *
   * @throws io.headrace.engine.error.HeadraceException if it cannot; the message says why, the
   *     status whether the job goes on as it was
   */
  void restore(String checkpoint);
}
