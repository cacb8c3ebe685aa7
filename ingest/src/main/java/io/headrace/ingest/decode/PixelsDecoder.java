package io.headrace.ingest.decode;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records that are a label's byte and the bytes of an image of known size, plane after
 * plane: the fields {@code label} and {@code image}. Not thread-safe.
 */
final class PixelsDecoder implements SampleDecoder {
  /** Height, width and channels of CIFAR-10 (Krizhevsky, 2009). */
  private static final List<Integer> CIFAR_SHAPE = List.of(32, 32, 3);

  private final NamedFields fields;
  private final SampleRow row;
  private final int pixels;
  private final int planes;

  private PixelsDecoder(NamedFields fields, SampleRow row, int pixels, int planes) {
    this.fields = fields;
    this.row = row;
    this.pixels = pixels;
    this.planes = planes;
  }

  /** CIFAR-10's binary version: 3,073 bytes a record, red, green and blue planes of 32 x 32. */
  static SampleDecoder cifar10(SampleMapping mapping, FieldTable table, SampleRow row) {
    for (InputMapping input : mapping.inputs()) {
      if (input instanceof InputMapping.Image image && !image.shape().equals(CIFAR_SHAPE)) {
        throw new InvalidSettingException(
            "format",
            "cifar10 holds images of shape %s, but input %s has shape %s. Correct the input's shape."
                .formatted(CIFAR_SHAPE, image.name(), image.shape()));
      }
    }
    return new PixelsDecoder(NamedFields.vectors("cifar10", "image", table), row, 32 * 32, 3);
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    for (int i = 0; i < from.count(); i++) {
      row.begin(into);
      Fault fault = from.fault(i);
      if (fault == null) {
        fault = read(from.bytes(), from.start(i), from.end(i));
      }
      if (fault == null) {
        row.end(from, i, rejections);
      } else {
        row.reject(from, i, fault, rejections);
      }
    }
  }

  private @Nullable Fault read(byte[] bytes, int start, int end) {
    int expected = 1 + pixels * planes;
    if (end - start != expected) {
      return new Fault(
          RejectionReason.MALFORMED,
          "the record has %d bytes, not %d for a label and %d x %d pixels: it is cut off or of another format"
              .formatted(end - start, expected, planes, pixels));
    }
    for (int slot : fields.labels()) {
      row.values().integer(slot, bytes[start] & 0xff);
    }
    for (int input : fields.vectors()) {
      VectorWriter vector = row.vector(input);
      vector.start();
      vector.addPlanes(bytes, start + 1, pixels, planes);
    }
    return null;
  }
}
