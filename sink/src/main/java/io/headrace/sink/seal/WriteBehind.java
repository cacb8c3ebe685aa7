package io.headrace.sink.seal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Gathers short pieces, and writes many together on another thread while the next ones come, in
 * their order: the disk and who fills this work at the same time. At most one write is on its way.
 * One that fails fails all after it, and closing, which waits for the last. The file stays open;
 * nobody else may use it meanwhile. Not thread-safe.
 */
final class WriteBehind implements WritableByteChannel {
  private static final int GATHERED_BYTES = 1 << 20;

  private final FileChannel to;
  private ByteBuffer filling = ByteBuffer.allocateDirect(GATHERED_BYTES);
  private ByteBuffer leaving = ByteBuffer.allocateDirect(GATHERED_BYTES);
  private Future<?> writing = CompletableFuture.completedFuture(null);

  WriteBehind(FileChannel to) {
    this.to = to;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (!filling.hasRemaining()) {
      hand();
    }
    int count = Math.min(from.remaining(), filling.remaining());
    filling.put(from.slice(from.position(), count));
    from.position(from.position() + count);
    return count;
  }

  private void hand() throws IOException {
    await();
    ByteBuffer full = filling.flip();
    filling = leaving.clear();
    leaving = full;
    var task =
        new FutureTask<>(
            () -> {
              while (full.hasRemaining()) {
                to.write(full);
              }
              return full;
            });
    Thread.ofVirtual().start(task);
    writing = task;
  }

  private void await() throws IOException {
    try {
      writing.get();
    } catch (ExecutionException e) {
      // One of its own each time: what closing throws is added to what writing threw.
      Throwable fault = Objects.requireNonNullElse(e.getCause(), e);
      throw new IOException(fault.getMessage(), fault);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted = new InterruptedIOException("the thread was interrupted while it wrote");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  @Override
  public boolean isOpen() {
    return to.isOpen();
  }

  @Override
  public void close() throws IOException {
    hand();
    await();
  }
}
