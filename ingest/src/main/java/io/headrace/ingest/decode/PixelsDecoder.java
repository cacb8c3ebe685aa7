package io.headrace.ingest.decode;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.SampleDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records that are a label's byte and the bytes of an image: the fields {@code label} and
 * {@code image}. Not thread-safe.
 */
final class PixelsDecoder extends EachRecord {
  /** Height, width and channels of CIFAR-10 (Krizhevsky, 2009). */
  private static final List<Integer> CIFAR_SHAPE = List.of(32, 32, 3);

  private final NamedFields fields;
  private final int pixels;
  private final int planes;
  private final boolean labelled;

  /**
   * @param pixels bytes of a plane
   * @param planes of an image, one after the other
   * @param labelled whether each record has a label; without, it may lack it
   */
  private PixelsDecoder(
      NamedFields fields, SampleRow row, int pixels, int planes, boolean labelled) {
    super(row);
    this.fields = fields;
    this.pixels = pixels;
    this.planes = planes;
    this.labelled = labelled;
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
    return new PixelsDecoder(NamedFields.vectors("cifar10", "image", table), row, 32 * 32, 3, true);
  }

  /** IDX: a label's byte, if there are labels, and as many bytes as the image input takes. */
  static SampleDecoder idx(SampleMapping mapping, FieldTable table, SampleRow row) {
    NamedFields fields = NamedFields.vectors("idx", "image", table);
    int bytes = 0;
    for (InputMapping input : mapping.inputs()) {
      if (input.spec() instanceof InputSpec.Dense dense) {
        bytes = dense.elements();
      }
    }
    return new PixelsDecoder(fields, row, bytes, 1, false);
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
    int expected = pixels * planes;
    int head = end - start - expected;
    if (head != 1 && (labelled || head != 0)) {
      return new Fault(
          RejectionReason.MALFORMED,
          "the record has %d bytes, not %d for a label and %d x %d pixels: it is cut off or of another format"
              .formatted(end - start, 1 + expected, planes, pixels));
    }
    if (head == 1) {
      for (int slot : fields.labels()) {
        row.values().integer(slot, bytes[start] & 0xff);
      }
    }
    for (int input : fields.vectors()) {
      VectorWriter vector = row.vector(input);
      vector.start();
      vector.addPlanes(bytes, start + head, pixels, planes);
    }
    return null;
  }
}
