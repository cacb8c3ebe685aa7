package io.headrace.sink.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * SHA-256 over pieces, one behind the other, taken on another thread while the next ones are read.
 * The pieces are not to be changed any more. Not thread-safe.
 */
final class HashBehind {
  private final Digest digest = new Digest();
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  void add(MemorySegment piece) {
    last = last.thenRunAsync(() -> digest.add(piece), Thread::startVirtualThread);
  }

  /** The hash as lower-case hexadecimal digits, when all pieces are in it. */
  String hex() {
    last.join();
    return digest.hex();
  }
}
