package io.headrace.ingest.decode;

import io.headrace.ingest.UnpackLimit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of image files: PNG, JPEG, and what else the JDK reads. Stateless. */
final class PictureReader {
  private static final long MOST_PIXELS = 1L << 26;

  /** Of pixels of one bit: what deflate can make of a byte at the most. */
  private static final long MOST_PIXELS_PER_BYTE = 8 * 1032;

  private static final int MOST_BITS = 64;

  private PictureReader() {}

  /**
   * The first image of a file.
   *
   * @throws MalformedRecordException if it is none, is damaged or cut off, or says that it has more
   *     pixels than 64 million or than its bytes can hold, or than {@link UnpackLimit} allows
   */
  static Picture read(byte[] bytes, int offset, int length) throws MalformedRecordException {
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes, offset, length))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new MalformedRecordException("the file is no image that can be read, such as PNG");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        return read(reader, length);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // The JDK's readers meet damage with exceptions of any kind.
      throw new MalformedRecordException("the image is damaged: " + e.getMessage());
    }
  }

  private static Picture read(ImageReader reader, int length)
      throws IOException, MalformedRecordException {
    int height = reader.getHeight(0);
    int width = reader.getWidth(0);
    long most = Math.min(MOST_PIXELS, length * MOST_PIXELS_PER_BYTE);
    if ((long) height * width > most) {
      throw new MalformedRecordException(
          "the image says it has %d x %d pixels, more than %d of its %d bytes"
              .formatted(height, width, most, length));
    }
    long bytes = (long) height * width * bytesPerPixel(reader);
    if (bytes > UnpackLimit.bytes()) {
      throw new MalformedRecordException(
          "the image has %d x %d pixels, which take %d bytes, more than the %d that it may have in this process"
              .formatted(height, width, bytes, UnpackLimit.bytes()));
    }
    var warning = new Warning();
    reader.addIIOReadWarningListener((from, text) -> warning.text = text);
    var picture = new Picture(reader.read(0));
    if (warning.text != null) {
      throw new MalformedRecordException("the image is damaged: " + warning.text);
    }
    return picture;
  }

  private static int bytesPerPixel(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    int bits = types.hasNext() ? types.next().getColorModel().getPixelSize() : MOST_BITS;
    return Math.ceilDiv(bits, Byte.SIZE);
  }

  /** What a reader says of an image that it has to guess a part of. */
  private static final class Warning {
    private @Nullable String text;
  }
}
