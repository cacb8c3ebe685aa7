package io.headrace.pipeline.transform;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.ingest.decode.PixelAxis;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes every image of an input another height and width, by bilinear interpolation between the
 * centres of its pixels.
 */
record Resize(ImageShape from, PixelAxis rows, PixelAxis columns) implements Transform {
  /** Floats of the largest image that can be made: 256 MiB. */
  private static final long MOST_FLOATS = 1L << 26;

  /** A resize of whatever size the images of the named input have. */
  record To(String input, int height, int width) implements UnboundTransform {
    @Override
    public Transform bind(SampleSchema schema) {
      ImageShape from = ImageShape.of(schema, input);
      long floats = (long) height * width * from.channels();
      if (floats > MOST_FLOATS) {
        throw new InvalidSettingException(
            "height",
            "%d and width %d make images of %,d floats (%d channels), more than the %,d that fit. Make them smaller."
                .formatted(height, width, floats, from.channels(), MOST_FLOATS));
      }
      return new Resize(
          from, new PixelAxis(from.height(), height), new PixelAxis(from.width(), width));
    }

    @Override
    public SampleSchema output(SampleSchema schema) {
      ImageShape from = ImageShape.of(schema, input);
      List<SampleSchema.Input> inputs = new ArrayList<>(schema.inputs());
      var resized = new InputSpec.Dense(List.of(height, width, from.channels()));
      inputs.set(from.input(), new SampleSchema.Input(input, resized));
      return new SampleSchema(inputs, schema.label());
    }
  }

  @Override
  public void apply(SampleBlock block) {
    DenseColumn column = block.dense(from.input());
    float[] before = new float[from.height() * from.rowFloats()];
    float[] after = new float[rows.length() * columns.length() * from.channels()];
    column.reshape(after.length);
    boolean grows = after.length > before.length;
    for (int i = 0; i < block.size(); i++) {
      // Images are taken in the direction that reads each before it is overwritten.
      int row = grows ? block.size() - 1 - i : i;
      Floats.copyOut(column.values(), (long) row * before.length, before);
      resize(before, after);
      Floats.copyIn(after, column.values(), column.start(row));
    }
  }

  private void resize(float[] before, float[] after) {
    int channels = from.channels();
    int to = 0;
    for (int y = 0; y < rows.length(); y++) {
      int upper = rows.before(y) * from.rowFloats();
      int lower = rows.behind(y) * from.rowFloats();
      for (int x = 0; x < columns.length(); x++) {
        int left = columns.before(x) * channels;
        int right = columns.behind(x) * channels;
        for (int c = 0; c < channels; c++) {
          float above =
              PixelAxis.mix(before[upper + left + c], before[upper + right + c], columns.part(x));
          float below =
              PixelAxis.mix(before[lower + left + c], before[lower + right + c], columns.part(x));
          after[to++] = PixelAxis.mix(above, below, rows.part(y));
        }
      }
    }
  }
}
