package io.headrace.pipeline.transform;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;

/**
 * Keeps a share of the rows of one class, by {@link RowRandom}, and has each of them count for
 * those that it stands for: weights are divided by the share, so that sums over the rows kept are,
 * on average, those over all rows.
 *
 * @param label class index
 */
record DownSample(int label, double keep, long seed) implements Transform {
  private static final long DOWN_SAMPLE = 0xD0_5A_3B1EL;

  /** A share of the rows of a class that is known by its name. */
  record Of(String name, double keep, long seed) implements UnboundTransform {
    @Override
    public Transform bind(SampleSchema schema) {
      if (!(schema.label() instanceof LabelSpec.Classes classes)) {
        throw new InvalidSettingException(
            "class",
            name
                + " is no class: the label is a number. Use sample-fraction, or a label of classes.");
      }
      int label = classes.names().indexOf(name);
      if (label < 0) {
        throw new InvalidSettingException(
            "class", name + " is none of the label's classes " + classes.names() + ".");
      }
      return new DownSample(label, keep, seed);
    }
  }

  @Override
  public void apply(SampleBlock block) {
    long start = RowRandom.start(seed ^ DOWN_SAMPLE, block.partition());
    long[] positions = block.positions();
    float[] labels = block.labels();
    float[] weights = block.weights();
    for (int row = 0; row < block.size(); row++) {
      if (labels[row] == label) {
        weights[row] = (float) (weights[row] / keep);
      }
    }
    block.retainRows(row -> labels[row] != label || RowRandom.unit(start, positions[row]) < keep);
  }

  @Override
  public boolean trainingOnly() {
    return true;
  }
}
