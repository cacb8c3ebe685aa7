package io.headrace.ingest.push;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Where requests are made durable. One thread commits; it and another may close. */
interface PushStore extends Closeable {
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
