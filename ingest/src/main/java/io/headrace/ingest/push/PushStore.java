package io.headrace.ingest.push;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Where requests are made durable. One thread commits; it and another may close. */
interface PushStore extends Closeable {
  /**
   * Gets ready to commit. Keys of requests that turn out to be kept already are remembered: nothing
   * with one of them is to be committed again.
   *
   * @throws IOException if that failed; it may be tried again
   */
  default void prepare() throws IOException {}

  /**
   * Makes requests durable, all at once.
   *
   * @return where each was put, in their order
   * @throws IOException if that failed: then none of them counts as kept, and later ones may be
   *     tried
   */
  List<Receipt> commit(List<PushedRequest> group) throws IOException;

  /** Bytes that are kept and were not read yet; 0 where somebody else keeps them. */
  long backlogBytes();
}
