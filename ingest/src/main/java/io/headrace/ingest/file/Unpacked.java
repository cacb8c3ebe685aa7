package io.headrace.ingest.file;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacks what is packed with gzip or zstd, which its first bytes tell. Stateless. */
final class Unpacked {
  private static final int HEAD_BYTES = 4;

  private Unpacked() {}

  /** Whether a file is packed. */
  static boolean isPacked(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return isPacked(in.readNBytes(HEAD_BYTES));
    }
  }

  /** Whether a file that begins so is packed. */
  static boolean isPacked(byte[] head) {
    return isGzip(head) || isZstd(head);
  }

  private static boolean isGzip(byte[] head) {
    return begins(head, 0x1f, 0x8b);
  }

  private static boolean isZstd(byte[] head) {
    return begins(head, 0x28, 0xb5, 0x2f, 0xfd);
  }

  /** The bytes of {@code raw}, or those packed in it; whoever closes them closes it. */
  static InputStream of(InputStream raw) throws IOException {
    var in = new PushbackInputStream(raw, HEAD_BYTES);
    byte[] head = in.readNBytes(HEAD_BYTES);
    in.unread(head);
    if (isGzip(head)) {
      return new WholeGzip(in);
    }
    return isZstd(head) ? new ZstdInputStream(in) : in;
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
