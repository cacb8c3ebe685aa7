package io.headrace.ingest.file;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/** Unpacks what is packed with gzip or zstd, which its first bytes tell. Stateless. */
final class Unpacked {
  private static final int HEAD_BYTES = 4;

  private Unpacked() {}

  /** The bytes of {@code raw}, or those packed in it; whoever closes them closes it. */
  static InputStream of(InputStream raw) throws IOException {
    var in = new PushbackInputStream(raw, HEAD_BYTES);
    byte[] head = in.readNBytes(HEAD_BYTES);
    in.unread(head);
    if (begins(head, 0x1f, 0x8b)) {
      return new WholeGzip(in);
    }
    return begins(head, 0x28, 0xb5, 0x2f, 0xfd) ? new ZstdInputStream(in) : in;
  }

  private static boolean begins(byte[] head, int... with) {
    for (int i = 0; i < with.length; i++) {
      if (i >= head.length || (head[i] & 0xff) != with[i]) {
        return false;
      }
    }
    return true;
  }
}
