package io.headrace.app.http;

import io.headrace.app.letters.Letters;
import io.headrace.app.letters.ReplayTarget;
import java.nio.file.Path;
import java.util.Optional;

/** A job's dead letters, and where they go back to. Thread-safe; what it gives is not. */
public interface ServedLetters {
  /**
   * The letters as they are now.
   *
   * @throws io.headrace.engine.error.HeadraceException if they cannot be found
   */
  Letters letters();

  /** Where their file lies, which callers need not know; empty where they are on a topic. */
  Optional<Path> folder();

  /** Why nothing can be put back to where the job reads; empty if it can. */
  Optional<String> noWayBack();

  /**
   * What puts records back to where the job reads; the caller closes it.
   *
   * @throws io.headrace.engine.error.HeadraceException if it cannot be reached
   */
  ReplayTarget source();
}
