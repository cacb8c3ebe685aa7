package io.headrace.pipeline.transform;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;

/**
 * Where the images of an input lie in a block: rows from the top, pixels from the left, channels
 * together.
 *
 * @param input index of the input
 */
record ImageShape(int input, int height, int width, int channels) {
  /** The shape of the named input, which has to be an image of height, width and channels. */
  static ImageShape of(SampleSchema schema, String input) {
    InputSpec.Dense spec = DenseRows.spec(schema, input);
    List<Integer> shape = spec.shape();
    if (shape.size() != 3) {
      throw new InvalidSettingException(
          "input",
          "%s has the shape %s, and is no image. Declare it with image: {shape: [height, width, channels]}."
              .formatted(input, shape));
    }
    return new ImageShape(schema.indexOf(input), shape.get(0), shape.get(1), shape.get(2));
  }

  /** Floats in a row of pixels. */
  int rowFloats() {
    return width * channels;
  }
}
