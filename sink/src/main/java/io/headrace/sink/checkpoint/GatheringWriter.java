package io.headrace.sink.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Writes bytes behind a channel's position, short pieces together. Not thread-safe. */
final class GatheringWriter {
  private static final int BUFFER_BYTES = 1 << 20;

  private final WritableByteChannel to;
  private final ByteBuffer gathered = ByteBuffer.allocateDirect(BUFFER_BYTES);

  GatheringWriter(WritableByteChannel to) {
    this.to = to;
  }

  void write(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > gathered.remaining()) {
      flush();
    }
    if (bytes.remaining() > gathered.remaining()) {
      writeFully(bytes);
    } else {
      gathered.put(bytes);
    }
  }

  /** To be called at the end. */
  void flush() throws IOException {
    writeFully(gathered.flip());
    gathered.clear();
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }
}
