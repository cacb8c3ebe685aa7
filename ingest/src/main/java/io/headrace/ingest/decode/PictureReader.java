package io.headrace.ingest.decode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of image files: PNG, JPEG, and what else the JDK reads. Stateless. */
final class PictureReader {
  private static final long MOST_PIXELS = 1L << 26;

  private PictureReader() {}

  /**
   * The first image of a file.
   *
   * @throws MalformedRecordException if it is none, is damaged or cut off, or is larger than 64
   *     million pixels
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
        return read(reader);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // The JDK's readers meet damage with exceptions of any kind.
      throw new MalformedRecordException("the image is damaged: " + e.getMessage());
    }
  }

  private static Picture read(ImageReader reader) throws IOException, MalformedRecordException {
    int height = reader.getHeight(0);
    int width = reader.getWidth(0);
    if ((long) height * width > MOST_PIXELS) {
      throw new MalformedRecordException(
          "the image has %d x %d pixels, more than %d".formatted(height, width, MOST_PIXELS));
    }
    var warning = new Warning();
    reader.addIIOReadWarningListener((from, text) -> warning.text = text);
    var picture = new Picture(reader.read(0));
    if (warning.text != null) {
      throw new MalformedRecordException("the image is damaged: " + warning.text);
    }
    return picture;
  }

  /** What a reader says of an image that it has to guess a part of. */
  private static final class Warning {
    private @Nullable String text;
  }
}
