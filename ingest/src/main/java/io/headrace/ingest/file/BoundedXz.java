package io.headrace.ingest.file;

import io.headrace.ingest.UnpackLimit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.file.Codec;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.XZCodec;
import org.tukaani.xz.XZInputStream;

/**
 * Avro's codec {@code xz}, which does not take the memory that a few bytes in front of a block ask
 * for: up to 4 GiB for what they say is the dictionary.
 */
final class BoundedXz extends XZCodec {
  private static final int KIBIBYTE = 1024;

  private BoundedXz() {
    super(CodecFactory.DEFAULT_XZ_LEVEL);
  }

  /**
   * Has containers be read with this codec in the place of Avro's own. Returns whether the jar that
   * it rests on is there: it is sealed, so that a class cache which has a class of it stops the
   * JVM, and comes by {@code HEADRACE_CLASS_PATH} only.
   */
  static boolean register() {
    try {
      Class.forName("org.tukaani.xz.XZInputStream", false, BoundedXz.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return false;
    }
    CodecFactory.addCodec(
        DataFileConstants.XZ_CODEC,
        new CodecFactory() {
          @Override
          protected Codec createInstance() {
            return new BoundedXz();
          }
        });
    return true;
  }

  @Override
  public ByteBuffer decompress(ByteBuffer packed) throws IOException {
    int most = UnpackLimit.bytes();
    var bytes =
        new ByteArrayInputStream(
            packed.array(), packed.arrayOffset() + packed.position(), packed.remaining());
    try (var in = new XZInputStream(bytes, 2 * (most / KIBIBYTE))) {
      byte[] plain = in.readNBytes(most + 1);
      if (plain.length > most) {
        throw new IOException("it unpacks to more than " + most + " bytes");
      }
      return ByteBuffer.wrap(plain);
    }
  }
}
