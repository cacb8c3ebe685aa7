package io.headrace.sink.export;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.List;
import java.util.SplittableRandom;

/** Rows of seeded noise of any schema; tokens of any length, the first row's none. */
public final class NoiseRows {
  private final SampleSchema schema;
  private final SplittableRandom random = new SplittableRandom(20261126);

  public NoiseRows(SampleSchema schema) {
    this.schema = schema;
  }

  /** Fills an empty block up. */
  public void fill(SampleBlock rows) {
    rows.start(new SourcePartition("noise", 0), 0);
    for (int row = 0; row < rows.capacity(); row++) {
      for (int input = 0; input < schema.inputs().size(); input++) {
        fill(rows, input, row);
      }
      rows.commitRow(label(), 1, 0, row);
    }
  }

  private void fill(SampleBlock rows, int input, int row) {
    switch (schema.inputs().get(input).spec()) {
      case InputSpec.Dense dense -> {
        for (int i = 0; i < dense.elements(); i++) {
          float value = (float) random.nextGaussian(0.3, 1.2);
          Floats.write(rows.dense(input).values(), rows.dense(input).start(row) + i, value);
        }
      }
      case InputSpec.Sparse sparse -> {
        for (int i = random.nextInt(7); i > 0; i--) {
          int field = sparse.fields() == 0 ? 0 : random.nextInt(sparse.fields());
          rows.sparse(input).add(random.nextInt((int) sparse.size()), random.nextFloat(), field);
        }
      }
      case InputSpec.Tokens tokens -> {
        for (int i = row == 0 ? 0 : random.nextInt(tokens.maxLength() + 1); i > 0; i--) {
          rows.tokens(input).add(row, random.nextInt(1, tokens.vocabularySize()));
        }
      }
    }
  }

  private float label() {
    return switch (schema.label()) {
      case LabelSpec.Classes(List<String> names) -> random.nextInt(names.size());
      case LabelSpec.Numeric _ -> (float) random.nextGaussian();
      case LabelSpec.Count _ -> random.nextInt(5);
    };
  }
}
