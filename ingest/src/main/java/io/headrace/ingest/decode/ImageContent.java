package io.headrace.ingest.decode;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Image files as the field {@code image}, resized to the shape of each input that takes it. Not
 * thread-safe.
 */
final class ImageContent implements LabelledDecoder.Content {
  private final List<InputMapping> inputs;
  private final NamedFields fields;
  private final SampleRow row;

  /**
   * @throws InvalidSettingException if an input is no image of one or three channels
   */
  ImageContent(SampleMapping mapping, NamedFields fields, SampleRow row) {
    this.inputs = mapping.inputs();
    this.fields = fields;
    this.row = row;
    for (InputMapping input : inputs) {
      boolean fits =
          input instanceof InputMapping.Image image
              && (image.shape().getLast() == 1 || image.shape().getLast() == 3);
      if (!fits) {
        throw new InvalidSettingException(
            "format",
            "image-folder makes images of 1 or 3 channels, which %s does not take. Write for example image: {shape: [64, 64, 3]}."
                .formatted(input.name()));
      }
    }
  }

  @Override
  public @Nullable Fault read(byte[] bytes, int offset, int length) {
    try {
      Picture picture = PictureReader.read(bytes, offset, length);
      for (int input : fields.vectors()) {
        List<Integer> shape = ((InputMapping.Image) inputs.get(input)).shape();
        VectorWriter vector = row.vector(input);
        vector.start();
        picture.write(shape.get(0), shape.get(1), shape.get(2), vector);
      }
      return null;
    } catch (MalformedRecordException e) {
      return new Fault(RejectionReason.MALFORMED, e.detail());
    }
  }
}
